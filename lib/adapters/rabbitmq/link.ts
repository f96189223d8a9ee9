import type { ChannelModel } from 'amqplib';
import {
  BehaviorSubject,
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  NEVER,
  of,
  repeat,
  ReplaySubject,
  Subscription,
  timer,
  type Observable,
} from 'rxjs';
import { RefusedError } from '../../contracts/failure.ts';
import type { TransportState } from '../../contracts/transport.ts';
import type { Backoff } from './backoff.ts';
import { openConnection, type ConnectionEvent, type ConnectionTerms } from './connection.ts';
import type { ConnectionFailure } from './connectionFailure.ts';

/** Whether there is a connection: it, or why there is none. */
export type Session =
  | { readonly kind: 'connected'; readonly model: ChannelModel }
  | { readonly kind: 'disconnected'; readonly cause: ConnectionFailure };

type LinkEvent = ConnectionEvent | Extract<Session, { readonly kind: 'disconnected' }>;

/** Credentials and permissions are not mended within seconds. */
const REFUSED_MAX_DELAY_MS = 30_000;

const STATES = {
  connected: 'connected',
  unblocked: 'connected',
  blocked: 'blocked',
  disconnected: 'disconnected',
} as const satisfies Record<LinkEvent['kind'], TransportState>;

/** A connection that is made again whenever it goes. */
export class Link {
  readonly session$: Observable<Session>;
  readonly state$: Observable<TransportState>;
  private readonly sessions$ = new ReplaySubject<Session>(1);
  private readonly states$ = new BehaviorSubject<TransportState>('connecting');
  private readonly terms: ConnectionTerms;
  private readonly backoff: Backoff;
  private readonly running = new Subscription();
  private model: ChannelModel | undefined = undefined;
  private readonly pending = new Set<Promise<unknown>>();
  private isLeaving = false;

  constructor(terms: ConnectionTerms, backoff: Backoff) {
    this.terms = terms;
    this.backoff = backoff;
    this.session$ = this.sessions$.asObservable();
    this.state$ = this.states$.pipe(distinctUntilChanged());
  }

  get stateNow(): TransportState {
    return this.states$.value;
  }

  /** Connects, and goes on doing so until {@link destroy}. */
  start(): void {
    this.running.add(
      this.connections().subscribe({
        next: (event) => this.note(event),
        error: (cause: unknown) => this.sessions$.error(cause),
      }),
    );
  }

  /** Somebody closes a channel: what was written to it before is not to be overtaken by the end of the connection. */
  closing(work: Promise<unknown>): void {
    const closed: Promise<unknown> = work
      .catch(() => undefined) // the connection went in the meantime
      .then(() => this.pending.delete(closed));
    this.pending.add(closed);
  }

  /** Says goodbye to the broker; completes when it has answered, which it may never do. */
  leave(): Observable<never> {
    const { model, pending } = this;
    this.isLeaving = true;
    const closing$ = defer(() => Promise.all(pending).then(() => model?.close()));
    return closing$.pipe(
      ignoreElements(),
      catchError(() => EMPTY),
    );
  }

  destroy(): void {
    this.running.unsubscribe();
    this.sessions$.complete();
    this.states$.complete();
  }

  private connections(): Observable<LinkEvent> {
    const { terms, backoff } = this;
    return openConnection(terms).pipe(
      catchError((thrown: unknown) => {
        if (this.isLeaving) return NEVER;
        const cause = thrown as ConnectionFailure;
        const longestMs = cause instanceof RefusedError ? REFUSED_MAX_DELAY_MS : undefined;
        const wait$ = defer(() => timer(backoff.next(longestMs)).pipe(ignoreElements()));
        return concat(of<LinkEvent>({ kind: 'disconnected', cause }), wait$);
      }),
      repeat(),
    );
  }

  private note(event: LinkEvent): void {
    if (event.kind === 'connected') this.backoff.succeeded();
    if (event.kind === 'connected' || event.kind === 'disconnected') {
      this.model = event.kind === 'connected' ? event.model : undefined;
      this.sessions$.next(event);
    }
    this.states$.next(STATES[event.kind]);
  }
}
