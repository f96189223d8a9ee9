import { endWith, ignoreElements, merge, Subject, takeUntil, type Observable } from 'rxjs';
import { decode } from '../../boundary/decode.ts';
import { matchesPattern } from '../../boundary/matchesPattern.ts';
import type { Codec } from '../../contracts/codec.ts';
import type { CongestionAlert, Delivery, DeliveryContract, Receipt } from '../../contracts/delivery.ts';
import { UnknownTopicError, type DeliveryError } from '../../contracts/deliveryFailure.ts';
import { DecodeError } from '../../contracts/failure.ts';
import { Attached } from './attached.ts';
import { checkTopicName, LONGEST_TOPIC_NAME } from './checkTopicName.ts';
import { deliveryOf } from './deliveryOf.ts';
import { Dispatcher } from './dispatcher.ts';
import { drained, type CloseOptions, type Ledger } from './drained.ts';
import type { MatchedName } from './matchedName.ts';
import { Topic } from './topic.ts';
import { TopicEvents } from './topicEvents.ts';
import type { TopicOptions } from './topicOptions.ts';

/** One topic of a registry: what its values are, and what it keeps. */
export interface TopicDefinition<A> extends Pick<TopicOptions, 'replay' | 'freeze'> {
  readonly codec: Codec<A>;
}

type Definitions = Readonly<Record<string, TopicDefinition<unknown>>>;
type NameOf<D> = keyof D & string;
type ValueOf<D, Name extends keyof D> = Name extends unknown
  ? D[Name] extends { readonly codec: Codec<infer A> }
    ? A
    : never
  : never;

/** Topics by name, with one order over all of them. */
export interface Topics<D extends Definitions> {
  readonly names: readonly NameOf<D>[];
  /** Every failure of a delivery and every input that was not decodable, once. */
  readonly errors$: Observable<DeliveryError | DecodeError>;
  /** The congestion alerts of all subscribers. */
  readonly alerts$: Observable<CongestionAlert>;
  /** Throws UnknownTopicError. */
  readonly topic: <Name extends NameOf<D>>(name: Name) => Topic<ValueOf<D, Name>>;
  /** As {@link Topic.publish}. Throws UnknownTopicError. */
  publish<Name extends NameOf<D>>(name: Name, value: ValueOf<D, Name>): Receipt;
  /** Publishes what came from outside. Throws UnknownTopicError, and DecodeError where it is not what the codec asks for. */
  receive(name: string, input: unknown): Receipt;
  /**
   * Attaches one subscriber, with one waiting line, to every topic whose name matches: `*` stands for one word, `#` for any
   * number of them. It ends when the last of them is complete. What they replay comes topic by topic. Throws
   * UnknownTopicError where no name matches, and where {@link Topic.deliver} throws.
   */
  deliver<Pattern extends string>(
    pattern: Pattern,
    contract: DeliveryContract<ValueOf<D, MatchedName<NameOf<D>, Pattern>>>,
  ): Delivery<ValueOf<D, MatchedName<NameOf<D>, Pattern>>>;
  /** As {@link Topic.close}, for all of them. Subscribers are called `topic/id` in the ledger, or `pattern/id`. */
  close(options?: CloseOptions): Observable<Ledger>;
}

/**
 * Makes topics that are known by name. Names are words of letters, digits, `_` and `-`, with dots between them.
 *
 * - **Emits** the values of all topics in one order, whoever publishes where from within a handler.
 * - **Holds** what its topics hold: what contracts allow, and what they replay.
 * - **Completes** `errors$` and `alerts$` when every topic is complete, and its last subscriber has ended.
 * - **Errors** at the call: OptionError for a name that is none, UnknownTopicError, DecodeError of `receive`. What fails at a
 *   subscriber goes to `errors$`.
 * - **Unsubscribing**, or closing a delivery, changes nothing for others; `close` ends all of them within a deadline.
 *
 * @example
 * const topics = createTopics({ 'orders.created': { codec: Order, replay: 10 }, 'orders.deleted': { codec: OrderId } });
 * topics.deliver('orders.*', { id: 'audit', handle: write });
 * topics.publish('orders.created', order);
 * topics.receive('orders.deleted', JSON.parse(text));
 */
export function createTopics<const D extends Definitions>(definitions: D): Topics<D> {
  const dispatcher = new Dispatcher();
  const events = new TopicEvents();
  const rejected$ = new Subject<DecodeError>();
  const byName = new Map<string, { readonly topic: Topic<unknown>; readonly codec: Codec<unknown> }>();
  for (const [name, { codec, ...options }] of Object.entries(definitions)) {
    checkTopicName(name);
    byName.set(name, { topic: new Topic({ ...options, name }, dispatcher), codec });
  }
  const all = [...byName.values()].map(({ topic }) => topic);
  const patterned = new Map<
    Attached<unknown>,
    { readonly pattern: string; readonly matched: readonly Topic<unknown>[] }
  >();
  const errorsOfTopics$ = merge(...all.map(({ errors$ }) => errors$));
  const ended$ = errorsOfTopics$.pipe(ignoreElements(), endWith(undefined));

  function known(name: string) {
    const found = byName.get(name);
    if (!found) throw new UnknownTopicError(name);
    return found;
  }

  function deliver(pattern: string, contract: DeliveryContract<unknown>): Delivery<unknown> {
    const matched = pattern.length > LONGEST_TOPIC_NAME ? [] : all.filter(({ name }) => matchesPattern(pattern, name));
    if (matched.length === 0) throw new UnknownTopicError(pattern);
    for (const topic of matched) topic.check(contract.id);
    const attached = new Attached<unknown>(contract, {
      topic: pattern,
      topics: matched.length,
      dispatcher,
      events,
      ended() {
        patterned.delete(attached);
        for (const topic of matched) topic.left(attached);
      },
    });
    patterned.set(attached, { pattern, matched });
    dispatcher.hold(() => {
      for (const topic of matched) topic.attach(attached);
    });
    return deliveryOf(attached);
  }

  function deliveries(): readonly Delivery<unknown>[] {
    const across = [...patterned].map(([attached, { pattern }]) => named(pattern, deliveryOf(attached)));
    const isAcross = (topic: Topic<unknown>, id: string) =>
      [...patterned].some(([attached, { matched }]) => attached.id === id && matched.includes(topic));
    const single = all.flatMap((topic) =>
      topic
        .deliveries()
        .filter(({ id }) => !isAcross(topic, id))
        .map((delivery) => named(topic.name, delivery)),
    );
    return [...across, ...single];
  }

  const topics = {
    names: [...byName.keys()],
    errors$: merge(errorsOfTopics$, merge(events.errors$, rejected$).pipe(takeUntil(ended$))),
    alerts$: merge(...all.map(({ alerts$ }) => alerts$), events.alerts$.pipe(takeUntil(ended$))),
    topic: (name: string) => known(name).topic,
    publish: (name: string, value: unknown) => known(name).topic.publish(value),
    receive(name: string, input: unknown) {
      const { topic, codec } = known(name);
      try {
        return topic.publish(decode(codec, input, name));
      } catch (failure) {
        if (failure instanceof DecodeError) rejected$.next(failure);
        throw failure;
      }
    },
    deliver,
    close: (options: CloseOptions = {}) => drained(deliveries, () => all.forEach((topic) => topic.complete()), options),
  };
  return topics as unknown as Topics<D>; // what the values of a name are is what its codec gives
}

function named(where: string, delivery: Delivery<unknown>): Delivery<unknown> {
  return { ...delivery, id: `${where}/${delivery.id}` };
}
