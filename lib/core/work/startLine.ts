import { asyncScheduler, type Subscription } from 'rxjs';
import { Linked } from '../topics/linked.ts';
import { Pace } from '../topics/pace.ts';
import type { LiveJob } from './liveJob.ts';

/** Who runs and who waits: first come, first started. */
export class StartLine<M> {
  private readonly maxRunning: number;
  private readonly maxQueued: number;
  private readonly waiting = new Linked<LiveJob<M>>();
  private readonly pace = new Pace(() => this.start());
  private running = 0;
  private isStarting = false;
  private turn: Subscription | undefined = undefined;

  constructor({ maxRunning, maxQueued }: { readonly maxRunning: number; readonly maxQueued: number }) {
    this.maxRunning = maxRunning;
    this.maxQueued = maxQueued;
  }

  get isFull(): boolean {
    return this.running + this.waiting.size >= this.maxRunning + this.maxQueued;
  }

  enter(job: LiveJob<M>): void {
    job.place = this.waiting.push(job);
  }

  /** Takes out a job that has left, and lets others in its place. */
  leave(job: LiveJob<M>): void {
    if (job.place) this.waiting.remove(job.place);
    if (job.hasSlot) this.running--;
    job.place = undefined;
    job.hasSlot = false;
    this.wake();
  }

  /** Starts what may start, soon: not within whoever asks, nor within the loop that delivers messages. */
  wake(): void {
    if (!this.turn && !this.isStarting && this.next()) this.turn = asyncScheduler.schedule(() => this.start());
  }

  stop(): void {
    this.turn?.unsubscribe();
    this.turn = undefined;
    this.pace.rest();
  }

  private start(): void {
    this.turn = undefined;
    this.isStarting = true;
    this.pace.begin();
    for (let job = this.next(); job && !this.pace.isOver(); job = this.next()) {
      this.waiting.remove(job.place!);
      job.place = undefined;
      job.hasSlot = true;
      this.running++;
      job.begin();
    }
    this.isStarting = false;
  }

  /** Nobody overtakes the first, though the store may know of others before. */
  private next(): LiveJob<M> | undefined {
    const first = this.waiting.first?.value;
    return this.running < this.maxRunning && first?.isKept === true && !first.hasEnded ? first : undefined;
  }
}
