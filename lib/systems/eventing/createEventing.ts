import { catchError, defer, EMPTY, ignoreElements, map, merge, take, tap, timer, type Observable } from 'rxjs';
import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';
import type { Envelope } from '../../contracts/envelope.ts';
import type { CommandDefinition } from '../../contracts/message.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { Bus, WatchEvent } from '../../core/events/bus.ts';
import type { Messages } from '../../core/events/defineMessages.ts';
import type { Operations, SubmitOptions } from '../../core/events/operations.ts';
import type { AggregatePage } from '../../core/paging/aggregate.ts';
import { createRings } from './createRings.ts';
import { eventView } from './eventView.ts';
import { operationEvents } from './operationEvents.ts';
import { createOperationList, type OperationQuery } from './operationList.ts';
import { operationView, type OperationView } from './operationView.ts';

/** What {@link createEventing} opens to the outside, within which bounds. */
export interface EventingOptions {
  /** The commands that can be sent, and the events that can be followed. */
  readonly messages: Messages;
  readonly operations: Pick<Operations, 'submit' | 'get' | 'outcome' | 'changes$' | 'consume'>;
  readonly bus: Pick<Bus, 'watch'>;
  /** Seals page tokens. */
  readonly sealer: TokenSealer;
  /** How long a page token is accepted, in ms from when it was given out. Default: that of `pageTokens`. */
  readonly ttlMs?: number | undefined;
  /** Items per page: when none is asked for (default 20), and at most (default 1 000). */
  readonly pageSize?: { readonly default?: number | undefined; readonly max?: number | undefined } | undefined;
  /** Most events of each type, and changes of operations, to keep for clients that were away, per tenant. Default: 1 000. */
  readonly events?: number | undefined;
  /** Most types of events of a tenant of which some are kept, over all tenants. Default: 1 000. */
  readonly maxRings?: number | undefined;
  /** Takes what went wrong with consumers and with events that cannot be shown. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** Whose, and after which event. */
export interface FollowOptions {
  readonly tenant: string;
  readonly lastEventId?: string | undefined;
}

/** Commands and events as clients outside see them, tenant by tenant. The tenant '' is that of services that have one. */
export interface Eventing {
  readonly messages: Messages;
  /** Hears outcomes and events while it is subscribed to. Does not complete by itself. */
  run(): Observable<never>;
  /** As `submit` of the operations. */
  submit(command: CommandDefinition, data: unknown, options: SubmitOptions): Observable<OperationView>;
  /** Undefined for one that is unknown, or of another tenant. */
  get(id: string, tenant: string): OperationView | undefined;
  /** The operation once it has ended, or as it stands after `waitMs`, or when `stop$` emits. Undefined as `get`. */
  wait(
    id: string,
    options: { readonly tenant: string; readonly waitMs: number; readonly stop$: Observable<void> },
  ): Observable<OperationView> | undefined;
  /** One page of operations, the newest first. */
  page(query?: OperationQuery): Observable<AggregatePage<OperationView>>;
  /** The states of an operation; `over` when the client has them all. */
  followOperation(id: string, options: FollowOptions): Observable<ServerSentEvent> | 'over' | 'unknown';
  /** The states of all operations of a tenant. */
  followOperations(options: FollowOptions): AsyncIterable<ServerSentEvent>;
  /** The events of a type; undefined where there is none. */
  followEvents(type: string, options: FollowOptions): AsyncIterable<ServerSentEvent> | undefined;
}

/** No event is called so. */
const OPERATIONS = '';

/**
 * Opens commands and events of services to clients: see {@link eventingApp}.
 *
 * @example
 * const eventing = createEventing({ messages, operations, bus, sealer });
 * const running = eventing.run().subscribe();
 */
export function createEventing(options: EventingOptions): Eventing {
  const { messages, operations, bus, events = 1_000, maxRings = 1_000, onError = () => undefined } = options;
  const rings = createRings({ size: events, maxRings });
  const list = createOperationList(options);

  const tell = (message: Envelope): void => {
    const definition = messages.event(message.type);
    if (!definition) return;
    const view = eventView(definition, message);
    rings.push(message.tenant ?? '', message.type, { event: message.type, data: JSON.stringify(view) });
  };
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (failure) {
      onError(failure);
    }
  };

  const changes$ = defer(() => operations.changes$).pipe(
    tap((change) => {
      list.note(change);
      const data = JSON.stringify(operationView(change.operation));
      rings.push(change.tenant ?? '', OPERATIONS, { event: 'state', data });
    }),
  );
  const events$ = defer(() => {
    let wasInterrupted = false;
    const heed = (event: WatchEvent): void => {
      if (event.kind === 'event') attempt(() => tell(event.message));
      if (event.kind === 'interrupted') wasInterrupted = true;
      if (event.kind !== 'consuming' || !wasInterrupted) return;
      wasInterrupted = false;
      for (const { name } of messages.events) rings.interrupt(name);
    };
    return messages.events.length === 0 ? EMPTY : bus.watch(messages.events).pipe(tap(heed));
  });

  return {
    messages,
    run: () => merge(reported(changes$), reported(operations.consume()), reported(events$)),
    submit: (command, data, how) =>
      defer(() => operations.submit(command, data, { ...how, tenant: named(how.tenant) })).pipe(map(operationView)),
    get: (id, tenant) => {
      const operation = operations.get(id, named(tenant));
      return operation && operationView(operation);
    },
    wait: (id, { tenant, waitMs, stop$ }) => {
      const operation = operations.get(id, named(tenant));
      if (!operation) return undefined;
      const standing = () => operations.get(id, named(tenant)) ?? operation;
      const ended$ = operations.outcome(id, { tenant: named(tenant) });
      return merge(ended$, merge(timer(waitMs), stop$).pipe(map(standing))).pipe(take(1), map(operationView));
    },
    page: (query) => list.page(query),
    followOperation: (id, { tenant, lastEventId }) => {
      const operation = operations.get(id, named(tenant));
      if (!operation) return 'unknown';
      const end$ = operations.outcome(id, { tenant: named(tenant) });
      return operationEvents(operation, end$, lastEventId) ?? 'over';
    },
    followOperations: ({ tenant, lastEventId }) => rings.after(tenant, OPERATIONS, lastEventId),
    followEvents: (type, { tenant, lastEventId }) => messages.event(type) && rings.after(tenant, type, lastEventId),
  };
  function reported(source$: Observable<unknown>): Observable<never> {
    return source$.pipe(
      ignoreElements(),
      catchError((failure: unknown) => {
        onError(failure);
        return EMPTY;
      }),
    );
  }
}

/** Services that have one tenant do not name it. */
function named(tenant: string | undefined): string | undefined {
  return tenant === '' ? undefined : tenant;
}
