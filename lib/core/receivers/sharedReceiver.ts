import { AsyncSubject, EMPTY, Observable, Subscription, type Subscriber } from 'rxjs';
import { openReceiver, type OpenOptions } from './openReceiver.ts';
import type { Receiver } from './receiver.ts';

/** A hold on a shared receiver. */
export interface Lease<E> {
  readonly receiver: Receiver<E>;
  /**
   * Gives it up, at the call and once. The last one stops the receiver. Completes at once, or, for the last one, when the
   * receiver is closed.
   */
  readonly release: () => Observable<never>;
}

/** What a {@link SharedReceiver} is, and how it comes and goes. */
export interface SharedReceiverOptions<E> extends OpenOptions<E> {
  readonly deadlineMs: number;
  /** Nobody holds it or waits for it, and nothing of it is left. */
  readonly ended: () => void;
}

type State<E> =
  | { readonly kind: 'idle' | 'closing' }
  | { readonly kind: 'opening'; readonly opening: Subscription }
  | { readonly kind: 'running'; readonly receiver: Receiver<E>; holders: number };

/** A receiver for all who want the same one: opened for the first, stopped after the last, one at a time. */
export class SharedReceiver<E> {
  private readonly options: SharedReceiverOptions<E>;
  private readonly waiters = new Set<Subscriber<Lease<E>>>(); // while it is opened, or closed before it is opened again
  private state: State<E> = { kind: 'idle' };

  constructor(options: SharedReceiverOptions<E>) {
    this.options = options;
  }

  get running(): { readonly receiver: Receiver<E>; readonly holders: number } | undefined {
    return this.state.kind === 'running' ? this.state : undefined;
  }

  acquire(): Observable<Lease<E>> {
    return new Observable((subscriber) => {
      if (this.state.kind === 'running') {
        this.state.holders++;
        this.lend(this.state.receiver, subscriber);
        return;
      }
      this.waiters.add(subscriber);
      subscriber.add(() => this.left(subscriber));
      if (this.state.kind === 'idle') this.open();
    });
  }

  private open(): void {
    const opening = new Subscription();
    this.state = { kind: 'opening', opening };
    opening.add(
      openReceiver(this.options).subscribe({
        next: (receiver) => this.opened(receiver),
        error: (error: unknown) => this.failed(error),
      }),
    );
  }

  private opened(receiver: Receiver<E>): void {
    const waiters = this.takeWaiters();
    this.state = { kind: 'running', receiver, holders: waiters.length };
    for (const waiter of waiters) this.lend(receiver, waiter);
  }

  private failed(error: unknown): void {
    const waiters = this.takeWaiters();
    this.end();
    for (const waiter of waiters) waiter.error(error);
  }

  /** To somebody who counts as a holder already. */
  private lend(receiver: Receiver<E>, subscriber: Subscriber<Lease<E>>): void {
    if (subscriber.closed) {
      void this.release();
      return;
    }
    let released$: Observable<never> | undefined;
    subscriber.next({ receiver, release: () => (released$ ??= this.release()) });
    subscriber.complete();
  }

  private release(): Observable<never> {
    if (this.state.kind !== 'running' || --this.state.holders > 0) return EMPTY;
    const { receiver } = this.state;
    const closed$ = new AsyncSubject<never>();
    this.state = { kind: 'closing' };
    receiver.close({ deadlineMs: this.options.deadlineMs }).subscribe({
      error: () => this.closed(closed$),
      complete: () => this.closed(closed$),
    });
    return closed$.asObservable();
  }

  private closed(closed: AsyncSubject<never>): void {
    if (this.waiters.size > 0) this.open();
    else this.end();
    closed.complete();
  }

  private left(waiter: Subscriber<Lease<E>>): void {
    if (!this.waiters.delete(waiter) || this.waiters.size > 0 || this.state.kind !== 'opening') return;
    const { opening } = this.state;
    this.end();
    opening.unsubscribe();
  }

  private takeWaiters(): readonly Subscriber<Lease<E>>[] {
    const waiters = [...this.waiters];
    this.waiters.clear();
    return waiters;
  }

  private end(): void {
    this.state = { kind: 'idle' };
    this.options.ended();
  }
}
