import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  EMPTY,
  forkJoin,
  ignoreElements,
  mergeMap,
  of,
  share,
  tap,
  throwError,
  timeout,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import { RefusedError } from '../../contracts/failure.ts';
import type { codeEngineApi } from './codeEngineApi.ts';
import type { JobPlace } from './jobPlace.ts';

/** What is known of a region. */
export interface RegionJobs {
  readonly region: string;
  /** The latest that could be read; undefined: none so far. */
  readonly jobs: readonly JobPlace[] | undefined;
  /** Why they could not be read the last time. */
  readonly failure: unknown;
}

type Api = Pick<ReturnType<typeof codeEngineApi>, 'projects' | 'jobs'>;

/** Lists of jobs that are asked for at the same time, per region. */
const CONCURRENCY = 4;
/** Longest time for a region, in ms. */
const LONGEST_MS = 300_000;
/** Reading goes on for so long when nobody waits for it any more: those who come next would begin anew. */
const LINGER_MS = 30_000;
/** A region that failed is not asked again for so long. */
const RETRY_MS = 30_000;

/**
 * The jobs of all projects of all regions, kept for `refreshMs`. Each region stands for itself: one that cannot be read keeps
 * what was known of it. Those who ask while it is being read wait for the same answer.
 */
export function jobDirectory(
  api: Api,
  regions: readonly string[],
  refreshMs: number,
): Observable<readonly RegionJobs[]> {
  return forkJoin(regions.map((region) => regionJobs(api, region, refreshMs)));
}

function regionJobs(api: Api, region: string, refreshMs: number): Observable<RegionJobs> {
  let known: RegionJobs = { region, jobs: undefined, failure: undefined };
  let due = Number.NEGATIVE_INFINITY;

  const refresh$ = defer(() => api.projects(region)).pipe(
    mergeMap((project) => api.jobs(project).pipe(catchError(passOver)), CONCURRENCY),
    toArray(),
    timeout({ first: LONGEST_MS }),
    tap((jobs) => {
      known = { region, jobs, failure: undefined };
      due = asyncScheduler.now() + refreshMs;
    }),
    catchError((failure: unknown) => {
      known = { ...known, failure };
      due = asyncScheduler.now() + Math.min(refreshMs, RETRY_MS);
      return EMPTY;
    }),
    ignoreElements(),
    share({ resetOnRefCountZero: () => timer(LINGER_MS) }),
  );

  return concat(
    defer(() => (asyncScheduler.now() < due ? EMPTY : refresh$)),
    defer(() => of(known)),
  );
}

/** A project that may not be looked at, or is gone, has no jobs for us. */
function passOver(failure: unknown): Observable<never> {
  const isClosed = failure instanceof RefusedError && (failure.status === 403 || failure.status === 404);
  return isClosed ? EMPTY : throwError(() => failure);
}
