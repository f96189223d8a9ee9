import type { ChannelModel } from 'amqplib';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  ignoreElements,
  map,
  of,
  repeat,
  ReplaySubject,
  startWith,
  Subject,
  takeUntil,
  tap,
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
  readonly session$ = new ReplaySubject<Session>(1);
  readonly state$ = new ReplaySubject<TransportState>(1);
  private readonly terms: ConnectionTerms;
  private readonly backoff: Backoff;
  private readonly closed$ = new Subject<void>();
  private model: ChannelModel | undefined;

  constructor(terms: ConnectionTerms, backoff: Backoff) {
    this.terms = terms;
    this.backoff = backoff;
  }

  /** Connects, and goes on doing so until {@link destroy}. */
  start(): void {
    const events$ = this.connections().pipe(
      takeUntil(this.closed$),
      tap((event) => this.note(event)),
    );
    const state$: Observable<TransportState> = events$.pipe(map(({ kind }) => STATES[kind]));
    state$.pipe(startWith<TransportState>('connecting')).subscribe(this.state$);
  }

  /** Says goodbye to the broker; completes when it has answered, which it may never do. */
  leave(): Observable<never> {
    const { model } = this;
    return model
      ? defer(() => model.close()).pipe(
          ignoreElements(),
          catchError(() => EMPTY),
        )
      : EMPTY;
  }

  destroy(): void {
    this.closed$.next();
    this.session$.complete();
  }

  private connections(): Observable<LinkEvent> {
    const { terms, backoff } = this;
    return openConnection(terms).pipe(
      catchError((cause: ConnectionFailure) => {
        const longestMs = cause instanceof RefusedError ? REFUSED_MAX_DELAY_MS : undefined;
        const wait$ = defer(() => timer(backoff.next(longestMs)).pipe(ignoreElements()));
        return concat(of<LinkEvent>({ kind: 'disconnected', cause }), wait$);
      }),
      repeat(),
    );
  }

  private note(event: LinkEvent): void {
    if (event.kind === 'connected') {
      this.backoff.succeeded();
      this.model = event.model;
      this.session$.next(event);
    }
    if (event.kind === 'disconnected') {
      this.model = undefined;
      this.session$.next(event);
    }
  }
}
