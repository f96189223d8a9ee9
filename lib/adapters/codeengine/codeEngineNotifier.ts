import { createHash } from 'node:crypto';
import { catchError, defer, ignoreElements, map, mergeMap, of, throwError, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { depthMessage } from '../../boundary/depthMessage.ts';
import type { FetchOptions } from '../../boundary/fetchText.ts';
import { RefusedError } from '../../contracts/failure.ts';
import { NotifyError, type Notification, type Notifier } from '../../contracts/notifier.ts';
import { createIamToken, type IamOptions } from '../ibmcloud/createIamToken.ts';
import { codeEngineApi } from './codeEngineApi.ts';
import { createRunMemory, type StartedRun } from './createRunMemory.ts';
import { findJob } from './findJob.ts';
import { jobDirectory } from './jobDirectory.ts';
import { isJobReference, type JobPlace } from './jobPlace.ts';
import { toNotifyError } from './toNotifyError.ts';

/** Which jobs can be started, and how the API is asked. */
export interface CodeEngineNotifierOptions extends IamOptions {
  /** `us-south`, `eu-de`: all projects of each are looked through. At least one. */
  readonly regions: readonly string[];
  /** How long the list of jobs is kept, in ms. Default: 600 000. */
  readonly refreshMs?: number | undefined;
  /** Longest wait for one answer, in ms. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Of the API, with `{region}` in the place of the region. Default: that of IBM Cloud. */
  readonly url?: string | undefined;
  readonly fetch?: FetchOptions['fetch'];
}

const URL_OF_REGION = 'https://api.{region}.codeengine.cloud.ibm.com';
/** Registrations whose last run is remembered. */
const MAX_RUNS = 10_000;
const MAX_NAME = 50;

/**
 * Starts a run of a Code Engine job, with the message as literal environment variables. A target is the name of a job;
 * where two projects have one of that name, `project/job` or `region/project/job`. While the last run for a registration is
 * pending or running there is no other: NotifyError `stillRunning`. A run has the name of the job and of the notification, so
 * that another attempt of the same notification starts no second one.
 *
 * @example
 * const notifier = codeEngineNotifier({ apikey, regions: ['us-south', 'us-east'] });
 */
export function codeEngineNotifier(options: CodeEngineNotifierOptions): Notifier {
  const { regions, refreshMs = 600_000, timeoutMs = 30_000, url = URL_OF_REGION, fetch } = options;
  check(options);
  const api = codeEngineApi({ url, token: createIamToken(options), timeoutMs, fetch });
  const directory$ = jobDirectory(api, regions, refreshMs);
  const runs = createRunMemory(MAX_RUNS);

  return {
    name: 'codeengine',
    bulkheadOf: (target) => (isJobReference(target) ? 'codeengine' : undefined),
    notify: (notification) =>
      defer(() => {
        const { id, notify: target } = notification.registration;
        return directory$.pipe(
          map((known) => findJob(target, known)),
          mergeMap((place) => {
            const name = runName(place.job, notification.id);
            const last = runs.of(id);
            const before$ = isOver(target, last?.name === name ? undefined : last);
            return before$.pipe(mergeMap(() => start(notification, place, name)));
          }),
          ignoreElements(),
          catchError((failure: unknown) => throwError(() => toNotifyError(target, failure))),
        );
      }),
  };

  /** Emits when it is over. */
  function isOver(target: string, last: StartedRun | undefined): Observable<undefined> {
    if (!last) return of(undefined);
    return api.run(last.place, last.name).pipe(
      map(({ status }) => {
        if (status !== 'pending' && status !== 'running') return undefined;
        throw new NotifyError('stillRunning', target, `its last run, ${last.name}, is ${status}`);
      }),
      catchError((failure: unknown) => (isAbsent(failure) ? of(undefined) : throwError(() => failure))),
    );
  }

  function start(notification: Notification, place: JobPlace, name: string): Observable<unknown> {
    const { id: registration } = notification.registration;
    runs.keep(registration, { place, name }); // before the answer: it may be lost
    return api.start(place, name, { ...depthMessage(notification) }).pipe(
      catchError((failure: unknown) => {
        if (failure instanceof RefusedError) runs.forget(registration);
        return throwError(() => failure);
      }),
    );
  }
}

function check({
  apikey,
  regions,
  refreshMs = 1,
  timeoutMs = 1,
  url = URL_OF_REGION,
}: CodeEngineNotifierOptions): void {
  if (apikey === '') throw new OptionError('apikey', 'the key of a user or service of IBM Cloud', 'an empty text');
  if (regions.length === 0 || !regions.every((region) => /^[a-z0-9-]{1,63}$/.test(region)))
    throw new OptionError('regions', 'at least one region such as us-south', regions.join(','));
  if (!(refreshMs > 0)) throw new OptionError('refreshMs', 'more than 0 ms', refreshMs);
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0 ms', timeoutMs);
  if (!URL.canParse(url.replace('{region}', 'us-south'))) throw new OptionError('url', 'a URL', url);
}

/** The same for the same notification, and allowed as a name of Code Engine. */
function runName(job: string, notification: string): string {
  return `${job.slice(0, MAX_NAME)}-${createHash('sha256').update(notification).digest('hex').slice(0, 12)}`;
}

function isAbsent(failure: unknown): boolean {
  return failure instanceof RefusedError && failure.status === 404;
}
