import { AsyncSubject, defer, firstValueFrom, Observable, of, throwError } from 'rxjs';
import { enroll } from '../../../operators/internal/inspector.ts';
import { UnknownTopicError } from '../../contracts/deliveryFailure.ts';
import type { Job, JobOperation } from '../../contracts/job.ts';
import { DuplicateTokenError, QueueFullError, StoppedError, UnknownJobError } from '../../contracts/jobFailure.ts';
import { Engine } from './engine.ts';
import { enginePart } from './enginePart.ts';
import { jobTermsOf } from './jobTerms.ts';
import type { LiveJob } from './liveJob.ts';
import { recovery } from './recovery.ts';
import { settingsOf, stopOf } from './settings.ts';
import { stopping } from './stopping.ts';
import { whenDone } from './whenDone.ts';
import type { WorkEngine, WorkEngineOptions, WorkLedger } from './workEngine.ts';

/**
 * Makes an engine that runs jobs, so many at a time, and tells any number of subscribers how they go: each in a lane of
 * its own, so that neither a slow subscriber nor a noisy job hurts a neighbour.
 *
 * - **Emits** the messages of a job to every subscriber of its topic, in order: `queued`, `running`, what the job tells,
 *   and its end, which is the last of them.
 * - **Holds** `maxQueued` jobs that wait, what the contracts of the subscribers allow for each job, `bufferSize` messages
 *   of each job that pushes, and `maxRetained` operations of jobs that have ended.
 * - **Completes** with `stop`, which gives the account.
 * - **Errors** never: a job that fails ends as failed, and every failure goes to `errors$`.
 * - **Unsubscribing** from a run cancels its job: the signal is aborted, and nothing of it goes on.
 *
 * @example
 * const engine = createWorkEngine<Progress>({ topics: ['provision', 'bind'], newToken: () => randomUUID() });
 * engine.attach('provision', { id: 'metrics', handle: (message) => metrics.add(message), overflow: 'dropOldest' });
 * engine.attach('provision', { id: 'state', handle: save, overflow: 'block' });
 * const token = engine.start({ topic: 'provision', run: ({ signal }) => provision(plan, signal) });
 */
export function createWorkEngine<M>(options: WorkEngineOptions): WorkEngine<M> {
  const settings = settingsOf(options);
  const stopBySignal = stopOf(options.stop);
  const { signal } = options;
  const engine = new Engine<M>(settings);
  enroll(engine, enginePart<M>);
  const { live, channels, outlets } = engine;
  const { retained } = engine.books;
  let stopped: Promise<WorkLedger> | undefined;

  const checkOpen = (topic: string): void => {
    if (stopped) throw new StoppedError();
    if (!settings.topics.includes(topic)) throw new UnknownTopicError(topic, settings.topics);
  };

  const accept = (job: Job<M>): LiveJob<M> => {
    checkOpen(job.topic);
    const terms = jobTermsOf(job, settings);
    if (live.has(terms.token)) throw new DuplicateTokenError(terms.token); // rather than that there is no room
    if (engine.line.isFull) throw new QueueFullError(settings.maxRunning, settings.maxQueued);
    return engine.accept(terms);
  };

  const stop = ({ deadlineMs, mode }: typeof stopBySignal): Promise<WorkLedger> => {
    if (stopped) return stopped;
    const ledger$ = new AsyncSubject<WorkLedger>();
    engine.isStopped = true;
    stopped = firstValueFrom(ledger$); // before anybody is told, who may stop it as well
    signal?.removeEventListener('abort', stopNow);
    stopping(engine, { deadlineMs, mode }).subscribe(ledger$);
    return stopped;
  };
  const stopNow = (): void => void stop(stopBySignal);

  signal?.addEventListener('abort', stopNow, { once: true });
  if (signal?.aborted === true) stopNow();

  return {
    attach(topic, subscriber) {
      checkOpen(topic);
      return channels.attach(topic, subscriber);
    },
    start: (job) => accept(job).terms.token,
    run: (job) =>
      new Observable<JobOperation>((subscriber) => {
        const accepted = accept(job);
        const settled = () => {
          subscriber.next(accepted.operation);
          subscriber.complete();
        };
        subscriber.add(() => accepted.end('cancelled'));
        subscriber.add(whenDone(accepted.channel.settled$, settled));
      }),
    cancel: (token) => live.get(token)?.end('cancelled') ?? false,
    lastOperation: (token) => live.get(token)?.operation ?? retained.get(token),
    operation$: (token) =>
      defer(() => {
        const ended = retained.get(token);
        return live.get(token)?.operation$ ?? (ended ? of(ended) : throwError(() => new UnknownJobError(token)));
      }),
    operations: () => [...retained.list(), ...[...live.values()].map(({ operation }) => operation)],
    messages$: outlets.messages$,
    errors$: outlets.errors$,
    recover: (jobOf) => defer(() => (stopped ? throwError(() => new StoppedError()) : recovery(engine, jobOf))),
    ledger: () => engine.ledger(channels.attachments()),
    stop: (how) => stop(stopOf(how)),
  };
}
