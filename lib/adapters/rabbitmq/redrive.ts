import type { Channel, ChannelModel, GetMessage } from 'amqplib';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  from,
  mergeMap,
  of,
  range,
  reduce,
  throwError,
  type Observable,
} from 'rxjs';
import { QueueConfigError, UnroutableError } from '../../contracts/transportFailure.ts';
import { channelFailure } from './channelFailure.ts';
import { countOf } from './deadLetterCount.ts';
import type { Outbox } from './outbox.ts';
import type { Letter } from './outboxEntry.ts';
import { deadQueueOf } from './topology.ts';
import { HEADERS, ownHeaders, propertiesOf } from './wire.ts';

/** What is to be moved. */
export interface RedriveTerms {
  readonly name: string;
  /** The real name of the queue. */
  readonly queue: string;
  readonly max: number;
}

/** Most dead letters that are on their way at the same time. */
const AT_ONCE = 32;
const NOT_FOUND = 404;

/**
 * Moves dead letters back, the oldest first and as they were published: each is confirmed in its queue before it is taken from the
 * dead letters. Emits how many. What goes wrong leaves the rest where it is.
 */
export function redrive(model: ChannelModel, outbox: Outbox, { name, queue, max }: RedriveTerms): Observable<number> {
  const dead = deadQueueOf(name);
  return defer(() => model.createChannel()).pipe(
    mergeMap((channel) => {
      channel.on('error', () => undefined); // whatever asked for something hears it
      return defer(() => countOf(channel, queue, dead)).pipe(
        mergeMap((count) => range(0, Math.min(count, max))),
        mergeMap(() => moveOne(channel, outbox, dead, queue), AT_ONCE),
        reduce((moved, one) => moved + one, 0),
        finalize(() => void channel.close().catch(() => undefined)), // it is closed already
      );
    }),
    catchError((cause: unknown) => throwError(() => failure(name, cause))),
  );
}

function moveOne(channel: Channel, outbox: Outbox, dead: string, queue: string): Observable<number> {
  return from(channel.get(dead)).pipe(
    mergeMap((letter) => {
      if (letter === false) return EMPTY; // somebody else took it
      const settled$ = defer(() => {
        channel.ack(letter);
        return of(1);
      });
      return concat(outbox.send(back(letter, queue)), settled$);
    }),
  );
}

function back(letter: GetMessage, queue: string): Letter {
  return {
    id: String(letter.properties.messageId),
    exchange: '',
    routingKey: queue,
    body: letter.content,
    options: {
      ...propertiesOf(letter),
      headers: { ...ownHeaders(letter), [HEADERS.routingKey]: firstRoutingKey(letter) },
      persistent: true,
      mandatory: true,
    },
  };
}

/** Of ours we keep it; of those that the broker moved, it does. */
function firstRoutingKey({ fields, properties }: GetMessage): string {
  const headers: Record<string, unknown> = properties.headers ?? {};
  const kept = headers[HEADERS.routingKey];
  if (typeof kept === 'string') return kept;
  const deaths = headers['x-death'];
  const [death] = (Array.isArray(deaths) ? deaths : []) as readonly { readonly 'routing-keys'?: unknown }[];
  const keys = death?.['routing-keys'];
  const [key] = (Array.isArray(keys) ? keys : []) as readonly unknown[];
  return typeof key === 'string' ? key : fields.routingKey;
}

function failure(name: string, cause: unknown): unknown {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === NOT_FOUND;
  if (isMissing || cause instanceof UnroutableError) {
    return new QueueConfigError(name, 'there is no such queue to move dead letters to', { cause });
  }
  return channelFailure(name, cause);
}
