import type { Channel } from 'amqplib';
import { delay, filter, Observable, take } from 'rxjs';
import type { QueueTerms } from '../../boundary/queueTerms.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import type { ConsumerEvent } from '../../contracts/transport.ts';
import { QueueConfigError } from '../../contracts/transportFailure.ts';
import type { Backoff } from './backoff.ts';
import { Consumption, type ConsumerState } from './consumption.ts';
import { lastingChannel, type ChannelEvent } from './lastingChannel.ts';
import type { Link } from './link.ts';
import { Mover } from './mover.ts';
import type { Outbox } from './outbox.ts';
import { declareQueue, type TopologyTerms } from './topology.ts';

/** What the consumers of one transport share. */
export interface ConsumerParts {
  readonly link: Link;
  readonly topology: TopologyTerms;
  /** Takes what comes again, and dead letters. */
  readonly moves: Outbox;
  readonly backoff: () => Backoff;
  /** The real names of transient queues that are read, by the names of their contracts. */
  readonly transient: Map<string, string>;
  /** Take no more, and finish what runs. */
  readonly draining$: Observable<unknown>;
  /** Give up what runs. */
  readonly aborted$: Observable<unknown>;
}

/** A quorum queue gives back what is acknowledged in the moment before its channel is closed: measured with 3.10. */
const SETTLING_MS = 50;

/** A channel that is read from. */
interface Reading {
  readonly consumption: Consumption;
  /** Asks the broker to send no more. */
  readonly cancel: () => Promise<unknown>;
}

/** Takes messages out of a queue, over one channel after the other. Completes when it was drained. */
export function consumer(terms: QueueTerms, parts: ConsumerParts): Observable<ConsumerEvent> {
  return new Observable((subscriber) => {
    const state: ConsumerState = { terms, events: subscriber, running: 0, current: undefined };
    const fail = (cause: unknown) => subscriber.error(cause);
    const complete = () => subscriber.complete();
    let told: string | undefined; // why it is interrupted, as it was said last
    const leave = () => {
      state.current?.stop();
      state.current = undefined;
      parts.transient.delete(terms.name);
    };

    const read = async (channel: Channel, lost: (cause: unknown) => void): Promise<Reading> => {
      const queue = await declareQueue(channel, terms, parts.topology);
      if (terms.kind === 'transient') parts.transient.set(terms.name, queue);
      await channel.prefetch(terms.concurrency);
      const consumption = new Consumption(channel, state, new Mover(channel, parts.moves, terms, queue));
      state.current = consumption;
      const { consumerTag } = await channel.consume(queue, (message) => {
        if (message) consumption.take(message);
        else lost(new UnreachableError(terms.name, 'the broker took the queue away'));
      });
      return { consumption, cancel: () => channel.cancel(consumerTag) };
    };
    const interrupted = (cause: Error) => {
      leave();
      if (cause instanceof QueueConfigError) subscriber.error(cause);
      else if (told !== cause.message) subscriber.next({ kind: 'interrupted', cause });
      told = cause.message;
    };

    let reading: Reading | undefined;
    const drain = () => {
      if (!reading) {
        complete();
        return;
      }
      const { consumption, cancel } = reading;
      cancel().catch(() => undefined); // it is over then anyway
      consumption.drain();
      subscriber.add(
        consumption.idle$.pipe(filter(Boolean), take(1), delay(SETTLING_MS)).subscribe({ next: complete, error: fail }),
      );
    };

    subscriber.add(leave); // before its channel: what is settled is written first
    subscriber.add(parts.draining$.subscribe({ next: drain, error: fail }));
    subscriber.add(parts.aborted$.subscribe({ next: complete, error: fail }));
    if (subscriber.closed) return;
    const channelTerms = { what: terms.name, create: createChannel, prepare: read };
    const follow = (event: ChannelEvent<Reading>) => {
      reading = event.kind === 'open' ? event.ready : undefined;
      if (event.kind === 'gone') {
        interrupted(event.cause);
        return;
      }
      told = undefined;
      subscriber.next({ kind: 'consuming', queue: terms.name });
    };
    subscriber.add(lastingChannel(parts.link, channelTerms, parts.backoff()).subscribe({ next: follow, error: fail }));
  });
}

function createChannel(model: { createChannel(): Promise<Channel> }): Promise<Channel> {
  return model.createChannel();
}
