import { asyncScheduler, AsyncSubject, finalize, tap, type Observable } from 'rxjs';
import { hasEnded, type JobMessage, type JobOperation } from '../../contracts/job.ts';
import type { JobRecord, JobStore } from '../../contracts/jobStore.ts';
import { createJobEvents, type JobEvents } from './jobEvents.ts';
import { readJobFacts, type JobFacts } from './jobFacts.ts';
import { jobView, type JobView } from './jobView.ts';

/** How much {@link createJobBook} keeps. */
export interface JobBookOptions {
  /** Where the engine keeps its jobs. */
  readonly store: JobStore;
  /** Most events of each job; of older ones there is only the state. */
  readonly events: number;
  /** Most jobs that have ended and whose events are kept; the one that ended first goes first. */
  readonly followed: number;
}

/** What is known of one job. */
export interface JobNote {
  facts: JobFacts;
  /** Absent when they are not kept any more. */
  events: JobEvents | undefined;
  /** Completes when the store knows of the job. */
  readonly kept$: AsyncSubject<never>;
}

/** What is known of jobs besides what the engine knows; remembered and forgotten with it. */
export interface JobBook {
  /** For the engine: keeps what is known here along with its records, and hears here what it has forgotten. */
  readonly store: JobStore;
  open(token: string, facts: JobFacts): JobNote;
  get(token: string): JobNote | undefined;
  /** The job that was started by a request of this name. */
  tokenOf(tenant: string, key: string): string | undefined;
  forget(token: string): void;
  /** Takes a message of the engine. */
  told(message: JobMessage<string>): void;
  view(operation: JobOperation): JobView;
}

export function createJobBook({ store, events, followed }: JobBookOptions): JobBook {
  const notes = new Map<string, JobNote>();
  const tokens = new Map<string, string>();
  const ended = new Set<string>(); // whose events are kept, in the order they ended

  const nameOf = (tenant: string, key: string): string => JSON.stringify([tenant, key]);
  const view = (operation: JobOperation): JobView => jobView(operation, notes.get(operation.id)?.facts.last);

  const note = (token: string, facts: JobFacts, followable: JobEvents | undefined): JobNote => {
    const opened: JobNote = { facts, events: followable, kept$: new AsyncSubject() };
    notes.set(token, opened);
    if (facts.key !== undefined) tokens.set(nameOf(facts.tenant, facts.key), token);
    return opened;
  };

  const open = (token: string, facts: JobFacts): JobNote =>
    note(token, facts, createJobEvents(events, asyncScheduler.now()));

  const forget = (token: string): void => {
    const { facts } = notes.get(token) ?? {};
    notes.delete(token);
    ended.delete(token);
    if (facts?.key === undefined) return;
    const name = nameOf(facts.tenant, facts.key);
    if (tokens.get(name) === token) tokens.delete(name); // or a later job has it
  };

  /** The record with all that is known. */
  const whole = (record: JobRecord): JobRecord => {
    const known = notes.get(record.token);
    return known ? { ...record, input: known.facts } : record;
  };

  const remember = (record: JobRecord): void => {
    const facts = readJobFacts(record.input);
    if (!facts || notes.has(record.token)) return;
    // Of a job that runs again nothing counts that it told before.
    const opened = hasEnded(record) ? note(record.token, facts, undefined) : open(record.token, untold(facts));
    opened.kept$.complete();
  };

  const close = (token: string, followable: JobEvents): void => {
    followable.close();
    ended.add(token);
    for (const first of ended) {
      if (ended.size <= followed) return;
      ended.delete(first);
      const old = notes.get(first);
      if (old) old.events = undefined;
    }
  };

  return {
    store: {
      put: (record): Observable<never> =>
        store.put(whole(record)).pipe(tap({ complete: () => notes.get(record.token)?.kept$.complete() })),
      remove: (token) => store.remove(token).pipe(finalize(() => forget(token))),
      list: () => store.list().pipe(tap(remember)),
    },
    open,
    get: (token) => notes.get(token),
    tokenOf: (tenant, key) => tokens.get(nameOf(tenant, key)),
    forget,
    told: (message) => {
      const known = notes.get(message.token);
      if (!known) return;
      if (message.kind === 'message') {
        known.facts = { ...known.facts, last: message.message };
        known.events?.push('message', message.message);
        return;
      }
      known.events?.push('state', JSON.stringify(view(message.operation)));
      if (known.events && hasEnded(message.operation)) close(message.token, known.events);
    },
    view,
  };
}

function untold({ input, tenant, key }: JobFacts): JobFacts {
  return { input, tenant, ...(key !== undefined && { key }) };
}
