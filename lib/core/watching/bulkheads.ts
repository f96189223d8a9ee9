import { Observable, type Subscriber } from 'rxjs';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { listen } from '../../../operators/internal/listen.ts';
import { lineOf, newBulkhead, type Bulkhead, type Line, type Task } from './bulkhead.ts';

/** How many tasks are done at the same time: of all, and of one bulkhead. */
export interface BulkheadsOptions {
  readonly concurrency: number;
  readonly bulkheadConcurrency: number;
}

/** How a task that was started is done with: it has ended, or gives up its place and is put in line again. */
export type TaskEnd = 'done' | 'yielded';

/**
 * Does the tasks of a source, so many at the same time. Bulkheads that have tasks waiting take turns.
 *
 * - **Emits** nothing.
 * - **Holds** the tasks that wait: the source is what bounds them.
 * - **Completes** when the source has, and every task is done.
 * - **Errors** with the error of the source or of a task, and with what `start` throws.
 * - **Unsubscribing** unsubscribes the source and the tasks.
 *
 * `start` is given whether a task is pressed: whether others, that are not suspect, wait for its place.
 */
export function doInBulkheads<T extends Task>(
  source: Observable<T>,
  start: (task: T, isPressed: () => boolean) => Observable<TaskEnd>,
  options: BulkheadsOptions,
): Observable<never> {
  return new Observable((subscriber) => {
    const places = new Places(start as Start, options, subscriber);
    subscriber.add(() => places.clear());
    listen(source, subscriber, { next: (task) => places.add(task), complete: () => places.end() });
  });
}

type Start = (task: Task, isPressed: () => boolean) => Observable<TaskEnd>;

class Places {
  private readonly bulkheads = new Map<string, Bulkhead>();
  private readonly ready: readonly [Fifo<Bulkhead>, Fifo<Bulkhead>] = [new Fifo(), new Fifo()];
  private readonly running = [0, 0];
  private waiting = 0; // not suspect
  private isEnded = false;
  private isFilling = false;
  private readonly start: Start;
  private readonly options: BulkheadsOptions;
  private readonly subscriber: Subscriber<never>;

  constructor(start: Start, options: BulkheadsOptions, subscriber: Subscriber<never>) {
    this.start = start;
    this.options = options;
    this.subscriber = subscriber;
  }

  add(task: Task): void {
    this.enter(task);
    this.fill();
  }

  end(): void {
    this.isEnded = true;
    this.fill();
  }

  clear(): void {
    this.bulkheads.clear();
    for (const line of this.ready) line.clear();
  }

  private get runningInAll(): number {
    return this.running[0]! + this.running[1]!;
  }

  private enter(task: Task): void {
    const line = lineOf(task);
    const bulkhead = this.bulkheads.get(task.bulkhead) ?? newBulkhead(task.bulkhead);
    this.bulkheads.set(task.bulkhead, bulkhead);
    bulkhead.waiting[line].push(task);
    if (line === 0) this.waiting++;
    this.makeReady(bulkhead, line);
  }

  private makeReady(bulkhead: Bulkhead, line: Line): void {
    const isFull = bulkhead.running >= this.options.bulkheadConcurrency;
    if (bulkhead.isReady[line] || isFull || bulkhead.waiting[line].size === 0) return;
    bulkhead.isReady[line] = true;
    this.ready[line].push(bulkhead);
  }

  /** Fills the places, in constant stack. */
  private fill(): void {
    if (this.isFilling) return;
    this.isFilling = true;
    for (let line = this.nextLine(); line !== undefined; line = this.nextLine()) this.startNextOf(line);
    this.isFilling = false;
    if (this.isEnded && this.runningInAll === 0 && this.bulkheads.size === 0) this.subscriber.complete();
  }

  private nextLine(): Line | undefined {
    if (this.subscriber.closed || this.runningInAll >= this.options.concurrency) return undefined;
    if (this.ready[0].size > 0) return 0;
    const most = this.isEnded ? Infinity : Math.max(1, Math.floor(this.options.concurrency / 2));
    return this.ready[1].size > 0 && this.running[1]! < most ? 1 : undefined;
  }

  private startNextOf(line: Line): void {
    const bulkhead = this.ready[line].shift();
    bulkhead.isReady[line] = false;
    if (bulkhead.running >= this.options.bulkheadConcurrency) return; // its other line was faster; a release makes it ready
    const task = bulkhead.waiting[line].shift();
    if (line === 0) this.waiting--;
    bulkhead.running++;
    this.running[line]!++;
    this.makeReady(bulkhead, line);
    let end: TaskEnd = 'done';
    try {
      const on = { next: (value: TaskEnd) => void (end = value), complete: () => undefined };
      const isPressed = () => bulkhead.waiting[0].size > 0 || (this.waiting > 0 && this.isFull);
      listen(this.start(task, isPressed), this.subscriber, on).add(() => this.release(bulkhead, line, task, end));
    } catch (thrown) {
      this.subscriber.error(thrown);
    }
  }

  private get isFull(): boolean {
    return this.runningInAll >= this.options.concurrency;
  }

  private release(bulkhead: Bulkhead, line: Line, task: Task, end: TaskEnd): void {
    if (this.subscriber.closed) return;
    bulkhead.running--;
    this.running[line]!--;
    if (end === 'yielded') this.enter(task);
    this.makeReady(bulkhead, 0);
    this.makeReady(bulkhead, 1);
    const [one, other] = bulkhead.waiting;
    if (bulkhead.running === 0 && one.size + other.size === 0) this.bulkheads.delete(bulkhead.name);
    this.fill();
  }
}
