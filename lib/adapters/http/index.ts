export { ListenError, PortInUseError } from './listenFailure.ts';
export { answerProblem, problemOf, RequestError, type Problem } from './problem.ts';
export { readPageSize, readPageToken, readQuery, type QueryShape } from './readQuery.ts';
export { serve, type ServeLimits, type ServeOptions, type Serving, type WebApp } from './serve.ts';
