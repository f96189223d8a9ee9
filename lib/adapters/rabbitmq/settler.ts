import type { Channel, Message } from 'amqplib';

type Settlement = 'taken' | 'acked' | 'done';

/**
 * Settles the deliveries of one channel, each of them once. Acknowledgements of one turn of the event loop go out together: all
 * that are below the first one that is not settled as one, the others one by one. Those of a channel that is gone go nowhere.
 */
export class Settler {
  private readonly channel: Channel;
  /** By tag, which a channel counts from 1; what the broker was told and has no unsettled one below is not in it. */
  private readonly deliveries = new Map<number, Settlement>();
  private acked: number[] = [];
  private turn: NodeJS.Immediate | undefined = undefined;
  private isOver = false;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  /** Keeps account of a delivery from now on. */
  take({ fields }: Message): void {
    this.deliveries.set(fields.deliveryTag, 'taken');
  }

  /** Its message is done. */
  ack({ fields }: Message): void {
    if (!this.isMine(fields.deliveryTag)) return;
    this.deliveries.set(fields.deliveryTag, 'acked');
    this.acked.push(fields.deliveryTag);
    this.turn ??= setImmediate(() => this.flush());
  }

  /** Its message goes back to the queue. */
  giveBack(message: Message): void {
    this.nack(message, true);
  }

  /** Its message goes to where the broker puts dead letters. */
  reject(message: Message): void {
    this.nack(message, false);
  }

  /** Writes what was acknowledged so far. */
  flush(): void {
    clearImmediate(this.turn);
    this.turn = undefined;
    const { acked } = this;
    this.acked = [];
    if (this.isOver || acked.length === 0) return;
    const together = this.settledBelow();
    this.write(() => {
      if (together !== undefined) this.channel.ack(tagged(together), true);
      for (const tag of acked) if (this.deliveries.get(tag) === 'acked') this.ackAlone(tag);
    });
  }

  /** The channel is gone, and its tags with it. */
  stop(): void {
    clearImmediate(this.turn);
    this.isOver = true;
    this.deliveries.clear();
  }

  /** Takes out what is settled below the first that is not; gives the last tag of it that the broker was not told of. */
  private settledBelow(): number | undefined {
    let last: number | undefined;
    for (const [tag, settlement] of this.deliveries) {
      if (settlement === 'taken') break;
      if (settlement === 'acked') last = tag;
      this.deliveries.delete(tag);
    }
    return last;
  }

  private ackAlone(tag: number): void {
    this.deliveries.set(tag, 'done');
    this.channel.ack(tagged(tag), false);
  }

  private nack(message: Message, requeue: boolean): void {
    const { deliveryTag } = message.fields;
    if (!this.isMine(deliveryTag)) return;
    this.deliveries.set(deliveryTag, 'done');
    this.write(() => this.channel.nack(tagged(deliveryTag), false, requeue));
  }

  private isMine(tag: number): boolean {
    return !this.isOver && this.deliveries.get(tag) === 'taken';
  }

  private write(work: () => void): void {
    try {
      work();
    } catch {
      this.stop(); // the channel is closed, and will say so in a moment
    }
  }
}

/** All that the client reads of a message that it acknowledges. */
function tagged(deliveryTag: number): Message {
  return { fields: { deliveryTag } } as Message;
}
