import { BehaviorSubject, filter, ignoreElements, Subject, take, type Observable } from 'rxjs';
import type { Envelope } from '../../contracts/envelope.ts';
import type { BusFailure, BusStats } from './bus.ts';

type Counted = Exclude<keyof BusStats, 'running'>;

/** What is counted and told of a bus. */
export class BusBooks {
  readonly messages$: Observable<Envelope>;
  readonly errors$: Observable<BusFailure>;
  private readonly messages = new Subject<Envelope>();
  private readonly errors = new Subject<BusFailure>();
  private readonly counts: Record<Counted, number> = {
    published: 0,
    unroutable: 0,
    received: 0,
    rejected: 0,
    succeeded: 0,
    failed: 0,
    givenUp: 0,
    duplicates: 0,
  };
  private readonly running = new BehaviorSubject(0);
  private readonly onError: ((failure: BusFailure) => void) | undefined;

  constructor(onError: ((failure: BusFailure) => void) | undefined) {
    this.onError = onError;
    this.messages$ = this.messages.asObservable();
    this.errors$ = this.errors.asObservable();
  }

  count(what: Counted): void {
    this.counts[what]++;
  }

  read(message: Envelope): void {
    this.messages.next(message);
  }

  failed(failure: BusFailure): void {
    this.errors.next(failure);
    try {
      this.onError?.(failure);
    } catch {
      // whoever takes errors has none of his own
    }
  }

  entered(): void {
    this.running.next(this.running.value + 1);
  }

  left(): void {
    this.running.next(this.running.value - 1);
  }

  /** Completes once no message is in hand. */
  whenIdle(): Observable<never> {
    return this.running.pipe(
      filter((running) => running === 0),
      take(1),
      ignoreElements(),
    );
  }

  stats(): BusStats {
    return { ...this.counts, running: this.running.value };
  }

  complete(): void {
    this.messages.complete();
    this.errors.complete();
  }
}
