import type { Channel, ConsumeMessage } from 'amqplib';
import { BehaviorSubject, Subscription, type Observable, type Subscriber } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { Fifo } from '../../../operators/internal/fifo.ts';
import type { QueueTerms } from '../../boundary/queueTerms.ts';
import { takeUp } from '../../boundary/tracedMessage.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import { inWords } from '../../contracts/inWords.ts';
import type { ConsumerEvent, IncomingMessage } from '../../contracts/transport.ts';
import { DeadLetterError, InvalidMessageError, QueueConfigError } from '../../contracts/transportFailure.ts';
import { channelFailure } from './channelFailure.ts';
import { runHandler, type HandlerRun, type RunEnd } from './handlerRun.ts';
import { isMovable, type Mover } from './mover.ts';
import { Settler } from './settler.ts';
import { attemptOf, fromWire } from './wire.ts';

/** What one consumer keeps over all its channels. */
export interface ConsumerState {
  readonly terms: QueueTerms;
  readonly events: Subscriber<ConsumerEvent>;
  /** Handlers that run, those of channels that are gone included. */
  running: number;
  /** What goes on over the channel that is there. */
  current: Consumption | undefined;
}

/** Before a message that could not be moved is given back, in ms. */
const MOVE_AGAIN_MS = 1_000;
/** The longest that a broker keeps a message waiting, in ms. */
const LONGEST_DELAY_MS = 2 ** 32 - 1;
const MOST_DOUBLINGS = 32;

/** What one consumer does over one channel: it runs handlers, and settles each delivery once, when it is done. */
export class Consumption {
  /** Whether all that was taken is settled. */
  readonly idle$: Observable<boolean>;
  private readonly isIdle$ = new BehaviorSubject(true);
  private readonly state: ConsumerState;
  private readonly mover: Mover;
  private readonly settler: Settler;
  private readonly runs = new Set<HandlerRun>();
  /** They wait for handlers of channels that are gone. */
  private readonly waiting = new Fifo<ConsumeMessage>();
  private readonly moves = new Subscription();
  private unsettled = 0;
  private isDraining = false;
  private isStarting = false;

  constructor(channel: Channel, state: ConsumerState, mover: Mover) {
    this.state = state;
    this.mover = mover;
    this.settler = new Settler(channel);
    this.idle$ = this.isIdle$.asObservable();
  }

  take(message: ConsumeMessage): void {
    if (this.isDraining) return; // it goes back with the channel
    this.settler.take(message);
    this.waiting.push(message);
    this.count(1);
    this.start();
  }

  /** Runs what there is room for. */
  start(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    const { state, waiting } = this;
    while (waiting.size > 0 && state.running < state.terms.concurrency) this.handle(waiting.shift());
    this.isStarting = false;
  }

  /** Takes no more; what does not run yet goes back with the channel. */
  drain(): void {
    this.isDraining = true;
    this.count(-this.waiting.size);
    this.waiting.clear();
  }

  /** Writes what is settled, and forgets the rest: the broker gives it to others. */
  stop(): void {
    this.isDraining = true;
    this.waiting.clear();
    this.settler.flush();
    this.settler.stop();
    this.moves.unsubscribe();
    this.mover.leave();
    for (const run of this.runs) run.abort();
  }

  private handle(message: ConsumeMessage): void {
    const { maxBodyBytes } = this.state.terms;
    const { length } = message.content;
    const incoming =
      length > maxBodyBytes
        ? { problem: `its body has ${length} bytes, and ${maxBodyBytes} is the most` }
        : fromWire(message);
    if ('problem' in incoming) this.bury(message, incoming.problem, new DeadLetterError(incoming.problem));
    else this.run(message, incoming);
  }

  private run(message: ConsumeMessage, incoming: IncomingMessage): void {
    const { state } = this;
    state.running++;
    const { run: runTraced, end } = takeUp('rabbitmq', state.terms.name, incoming);
    const whenEnded: RunEnd = {
      succeeded: () => {
        end();
        this.settler.ack(message);
        this.count(-1);
      },
      failed: (failure) => {
        end({ failure });
        this.fail(message, incoming, failure);
      },
      over: (run) => {
        end({ failure: new ClosedError(state.terms.name) }); // unless it has ended
        state.running--;
        this.runs.delete(run);
        state.current?.start();
      },
    };
    const running = runTraced(() => runHandler(state.terms.handle, incoming, whenEnded));
    if (running) this.runs.add(running);
  }

  private fail(message: ConsumeMessage, { attempt }: IncomingMessage, cause: unknown): void {
    const { maxAttempts, retryDelayMs, maxRetryDelayMs } = this.state.terms;
    if (cause instanceof DeadLetterError) this.bury(message, cause.reason, cause);
    else if (attempt >= maxAttempts) this.bury(message, inWords(cause), cause);
    else {
      const delayMs = Math.min(retryDelayMs * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS), maxRetryDelayMs);
      this.retry(message, Math.round(Math.min(delayMs, LONGEST_DELAY_MS)), cause);
    }
  }

  private retry(message: ConsumeMessage, delayMs: number, cause: unknown): void {
    this.move(message, this.mover.delay(message, delayMs), inWords(cause), {
      kind: 'retried',
      id: idOf(message),
      attempt: attemptOf(message),
      delayMs,
      cause,
    });
  }

  private bury(message: ConsumeMessage, reason: string, cause: unknown): void {
    const event = { kind: 'deadLettered', id: idOf(message), attempt: attemptOf(message), reason, cause } as const;
    if (isMovable(message)) this.move(message, this.mover.bury(message, reason), reason, event);
    else this.reject(message, event);
  }

  /** Acknowledges a message once it is elsewhere. One that the client cannot write goes to the dead letters as the broker has it. */
  private move(message: ConsumeMessage, moved$: Observable<never>, reason: string, event: ConsumerEvent): void {
    const subscription = moved$.subscribe({
      complete: () => {
        this.moves.remove(subscription);
        this.settler.ack(message);
        this.finish(event);
      },
      error: (failure: unknown) => {
        this.moves.remove(subscription);
        if (failure instanceof InvalidMessageError) {
          const id = idOf(message);
          this.reject(message, { kind: 'deadLettered', id, attempt: attemptOf(message), reason, cause: failure });
        } else this.notMoved(message, failure);
      },
    });
    this.moves.add(subscription);
  }

  private reject(message: ConsumeMessage, event: ConsumerEvent): void {
    this.settler.reject(message);
    this.finish(event);
  }

  private notMoved(message: ConsumeMessage, failure: unknown): void {
    const { terms, events } = this.state;
    const cause = channelFailure(terms.name, failure);
    if (cause instanceof QueueConfigError) {
      events.error(cause);
      return;
    }
    this.mover.forgetDelays();
    const pause = after(MOVE_AGAIN_MS, () => {
      this.moves.remove(pause);
      this.settler.giveBack(message);
      this.count(-1);
    });
    this.moves.add(pause);
  }

  private finish(event: ConsumerEvent): void {
    this.count(-1);
    this.state.events.next(event);
  }

  private count(change: number): void {
    this.unsettled += change;
    const isIdle = this.unsettled === 0;
    if (isIdle !== this.isIdle$.value) this.isIdle$.next(isIdle);
  }
}

function idOf({ properties }: ConsumeMessage): string {
  return typeof properties.messageId === 'string' ? properties.messageId : '';
}
