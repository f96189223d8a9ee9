import { Fifo } from '../../../operators/internal/fifo.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';

/** A message that was given up, as it came, and why. */
export interface DeadLetter {
  readonly message: OutgoingMessage;
  readonly reason: string;
}

/** The dead letters of one queue, the oldest first. */
export class DeadLetters {
  private readonly letters = new Fifo<DeadLetter>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.letters.size;
  }

  get hasRoom(): boolean {
    return this.letters.size < this.most;
  }

  add(letter: DeadLetter): void {
    this.letters.push(letter);
  }

  /** Takes the oldest out; only while there are any. */
  take(): DeadLetter {
    return this.letters.shift();
  }

  toArray(): readonly DeadLetter[] {
    return this.letters.toArray();
  }
}
