export { catalogueRefresh } from './catalogueRefresh.ts';
export { createJobs, type Jobs, type JobsOptions, type JobStart } from './createJobs.ts';
export { IdempotencyKeyReusedError, JobNotKeptError, JobOverError } from './jobFailures.ts';
export type { JobKind, JobKindContext, JobKinds, JobLimits } from './jobKind.ts';
export type { JobQuery, KindView } from './jobLists.ts';
export { jobsApp, type JobsAppOptions } from './jobsApp.ts';
export type { JobView } from './jobView.ts';
