import { EMPTY, type Subscriber } from 'rxjs';
import { runFor } from '../../../operators/internal/heldUp.ts';
import { listen } from '../../../operators/internal/listen.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import type { QueueTerms } from '../../boundary/queueTerms.ts';
import { retryDelayMs } from '../../boundary/retryDelayMs.ts';
import { takeUp } from '../../boundary/tracedMessage.ts';
import { inWords } from '../../contracts/inWords.ts';
import type { ConsumerEvent } from '../../contracts/transport.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import type { DeadLetters } from './deadLetters.ts';
import type { Entry, MemoryQueue, Reader } from './memoryQueue.ts';

/** What a consumer is made of. */
export interface MemoryConsumerParts {
  readonly terms: QueueTerms;
  readonly queue: MemoryQueue;
  readonly deadLetters: DeadLetters;
  readonly events: Subscriber<ConsumerEvent>;
  /** Called after each settlement. */
  readonly settled: () => void;
}

/** One consumer: takes what it has room for, runs the handler, and settles each delivery once. */
export class MemoryConsumer implements Reader {
  private readonly parts: MemoryConsumerParts;
  private readonly unsettled = new Set<Entry>();

  constructor(parts: MemoryConsumerParts) {
    this.parts = parts;
  }

  get running(): number {
    return this.unsettled.size;
  }

  get hasRoom(): boolean {
    return this.unsettled.size < this.parts.terms.concurrency;
  }

  take(entry: Entry): void {
    const { terms, events } = this.parts;
    const { message } = entry;
    const attempt = ++entry.deliveries;
    this.unsettled.add(entry);
    if (message.body.length > terms.maxBodyBytes) {
      const reason = `its body has ${message.body.length} bytes, and ${terms.maxBodyBytes} is the most`;
      this.fail(entry, new DeadLetterError(reason));
      return;
    }
    const incoming = { ...message, body: message.body.slice(), attempt };
    const handled$ = fromAbortable((signal) => terms.handle(incoming, { signal }) ?? EMPTY);
    const { run, end } = takeUp('memory', terms.name, incoming);
    const handling = run(() =>
      runFor(entry, () =>
        listen(handled$, events, {
          next: () => undefined,
          error: (failure) => {
            end({ failure });
            this.fail(entry, failure);
          },
          complete: () => {
            end();
            this.settle(entry, () => this.parts.queue.settle(entry));
          },
        }),
      ),
    );
    handling.add(() => end({ failure: new ClosedError(terms.name) })); // unless it has ended
  }

  /** Takes no more. */
  stop(): void {
    this.parts.queue.detach(this);
  }

  /** Gives back what is not settled; the handlers are aborted. */
  release(): void {
    this.stop();
    for (const entry of this.unsettled) this.settle(entry, () => this.parts.queue.giveBack(entry));
  }

  private fail(entry: Entry, cause: unknown): void {
    const { terms, queue, deadLetters, events } = this.parts;
    const { id } = entry.message;
    const attempt = entry.deliveries;
    const isOver = cause instanceof DeadLetterError || attempt >= terms.maxAttempts;

    this.settle(entry, () => {
      if (isOver && deadLetters.hasRoom) {
        const reason = cause instanceof DeadLetterError ? cause.reason : inWords(cause);
        deadLetters.add({ message: entry.message, reason });
        queue.settle(entry);
        events.next({ kind: 'deadLettered', id, attempt, reason, cause });
        return;
      }
      // Where the dead letters are full it stays in the queue: nothing is lost, and whoever publishes feels it.
      const delays = { delayMs: terms.retryDelayMs, maxDelayMs: terms.maxRetryDelayMs };
      const delayMs = isOver ? terms.maxRetryDelayMs : retryDelayMs(delays, attempt);
      queue.delay(entry, delayMs);
      events.next({ kind: 'retried', id, attempt, delayMs, cause });
    });
  }

  /** Each delivery is settled once, whoever comes first. */
  private settle(entry: Entry, settlement: () => void): void {
    if (!this.unsettled.delete(entry)) return;
    settlement();
    this.parts.settled();
  }
}
