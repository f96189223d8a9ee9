import type { Subscriber } from 'rxjs';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import { OutboxFullError, PublishError, UnroutableError } from '../../contracts/transportFailure.ts';
import type { BrokerCore } from './brokerCore.ts';

interface Waiting {
  readonly message: OutgoingMessage;
  readonly publisher: Subscriber<never>;
}

/** What one transport has published and no queue had room for, in order. */
export class PublishLine {
  private readonly waiting = new Fifo<Waiting>();
  private readonly broker: BrokerCore;
  private readonly changed: () => void;

  /** `changed`: it has begun to wait, or waits no more. */
  constructor(broker: BrokerCore, changed: () => void) {
    this.broker = broker;
    this.changed = changed;
  }

  get size(): number {
    return this.waiting.size;
  }

  /** What goes next; undefined where nothing waits. */
  next(): OutgoingMessage | undefined {
    return this.waiting.peek()?.message;
  }

  publish(message: OutgoingMessage, publisher: Subscriber<never>): void {
    const { overflow, outboxSize, blocked } = this.broker;
    if (this.waiting.size === 0 && this.goes({ message, publisher })) return;
    if (overflow === 'refuse') {
      publisher.error(new PublishError(message.id, 'refused', 'a queue that it goes to is full'));
    } else if (this.waiting.size >= outboxSize) publisher.error(new OutboxFullError(outboxSize));
    else {
      this.waiting.push({ message, publisher });
      blocked.add(this);
      this.changed();
    }
  }

  /** There may be room. */
  flush(): void {
    const { blocked } = this.broker;
    const before = this.waiting.size;
    while (this.waiting.size > 0 && this.goes(this.waiting.peek()!, () => this.waiting.shift()));
    if (this.waiting.size === before) return;
    blocked.delete(this);
    if (this.waiting.size > 0) blocked.add(this); // behind the others: it is their turn
    this.changed();
  }

  /** Gives up what waits. */
  close(name: string): void {
    this.broker.blocked.delete(this);
    const given = this.waiting.toArray();
    this.waiting.clear();
    for (const { publisher } of given) publisher.error(new ClosedError(name));
  }

  /** Whether the broker has answered for it; `leave` is called before anybody hears of that. */
  private goes({ message, publisher }: Waiting, leave?: () => unknown): boolean {
    const verdict = this.broker.offer(message);
    if (verdict === 'full') return false;
    leave?.();
    if (verdict === 'taken') publisher.complete();
    else publisher.error(new UnroutableError(message.id, message.routingKey));
    return true;
  }
}
