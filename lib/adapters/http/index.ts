export { ListenError, PortInUseError } from './listenFailure.ts';
export { answerProblem, isOurFault, isTellable, problemOf, RequestError, type Problem } from './problem.ts';
export { readPageSize, readPageToken, readQuery, type QueryShape } from './readQuery.ts';
export type { ServeLimits } from './createLimitedServer.ts';
export { serve, type ServeOptions, type Serving, type WebApp } from './serve.ts';
