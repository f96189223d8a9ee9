import { catchError, concat, defer, EMPTY, ignoreElements, of, tap, throwError, type Observable } from 'rxjs';
import { hasEnded, type Job, type JobOperation } from '../../contracts/job.ts';
import { StoppedError, StoreError, UnrecoverableJobError } from '../../contracts/jobFailure.ts';
import type { JobRecord } from '../../contracts/jobStore.ts';
import type { Engine } from './engine.ts';
import { jobTermsOf } from './jobTerms.ts';
import type { Recovery } from './workEngine.ts';

/** Makes a job again of what is kept of it. Undefined where it cannot. */
type JobOf<M> = (record: JobRecord) => Omit<Job<M>, 'topic' | 'token'> | undefined;

/** Brings back what the store has kept: each by itself, so that one that cannot be made again stops no other. */
export function recovery<M>(engine: Engine<M>, jobOf: JobOf<M>): Observable<Recovery> {
  const { live, books, outlets } = engine;

  /** It lives already, or nothing is to be started any more. */
  const isLeftAlone = (token: string): boolean => engine.isStopped || live.has(token);

  const restart = (record: JobRecord): 'restarted' | 'failed' | undefined => {
    const { token, kind, createTime } = record;
    const isKnown = engine.settings.topics.includes(kind);
    const accept = (job: Omit<Job<M>, 'topic' | 'token'>) => {
      const terms = jobTermsOf<M>({ input: record.input, ...job, topic: kind, token }, engine.settings);
      engine.accept(terms, createTime);
    };
    if (isLeftAlone(token)) return undefined;
    let failure = new UnrecoverableJobError(kind);
    try {
      const job = jobOf(record);
      if (isLeftAlone(token)) return undefined;
      if (job && isKnown) {
        accept(job);
        return 'restarted';
      }
    } catch (cause) {
      failure = new UnrecoverableJobError(kind, { cause });
    }
    if (isLeftAlone(token)) return undefined;
    // It becomes a job that fails, so that its end is told like any other: where there is somebody to tell.
    if (isKnown) accept({ run: () => throwError(() => failure) });
    else engine.giveUp(operationOf(record), record.input, failure);
    return 'failed';
  };

  const bring = (records: readonly JobRecord[]): Recovery => {
    const ended = records.filter(hasEnded).sort((a, b) => (a.endTime ?? 0) - (b.endTime ?? 0));
    const others = records.filter((record) => !hasEnded(record)).sort((a, b) => a.createTime - b.createTime);
    const brought = { restarted: [] as string[], failed: [] as string[] };
    for (const record of ended) if (!live.has(record.token)) books.retained.add(operationOf(record));
    for (const record of others) {
      const how = restart(record);
      if (how) brought[how].push(record.token);
    }
    const remembered = ended.map(({ token }) => token).filter((token) => books.retained.get(token) && !live.has(token));
    return { ...brought, remembered };
  };

  // A store that cannot read everything gives the rest, and then errors: the rest shall not suffer from it.
  return defer(() => {
    const records: JobRecord[] = [];
    const failures: unknown[] = [];
    const read$ = books.journal.list().pipe(
      tap((record) => records.push(record)),
      ignoreElements(),
      catchError((failure: unknown) => {
        failures.push(failure);
        if (failure instanceof StoreError) outlets.failed(failure);
        return EMPTY;
      }),
    );
    return concat(
      read$,
      defer(() => (engine.isStopped ? throwError(() => new StoppedError()) : of(bring(records)))),
      defer(() => (failures.length > 0 ? throwError(() => failures[0]) : EMPTY)),
    );
  });
}

function operationOf({ token, kind, state, createTime, startTime, endTime, error }: JobRecord): JobOperation {
  return Object.freeze({
    id: token,
    kind,
    state,
    createTime,
    ...(startTime !== undefined && { startTime }),
    ...(endTime !== undefined && { endTime }),
    ...(error && { error }),
  });
}
