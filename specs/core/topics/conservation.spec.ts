import fc from 'fast-check';
import { Observable, Subject, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { Delivery, DeliveryContract, Overflow } from '../../../lib/contracts/delivery.ts';
import type { DeliveryError } from '../../../lib/contracts/deliveryFailure.ts';
import type { Handled } from '../../../lib/contracts/handled.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { runs } from '../../support/seed.ts';
import { watchProcess } from './support/watchProcess.ts';
import { useVirtualTime } from './support/virtualTime.ts';

/** How one attempt goes. */
type Way = 'returns' | 'throws' | 'resolves' | 'rejects' | 'completes' | 'errs' | 'hangs' | 'is held' | 'publishes';
const WAYS: Way[] = ['returns', 'throws', 'resolves', 'rejects', 'completes', 'errs', 'hangs', 'is held', 'publishes'];

/** Says that an attempt has ended; a promise that settles is heard of later. */
type End = (how: 'well' | 'badly', isHeardAtOnce?: boolean) => void;

interface Value {
  readonly n: number;
  /** One per attempt; the last one stands for all that follow. */
  readonly ways: readonly Way[];
}

interface Terms {
  readonly overflow: Overflow;
  readonly bufferSize: number;
  readonly concurrency: number;
  readonly keys: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly onFailure: 'keep' | 'close' | 'park';
  readonly parkSize: number;
}

type Step =
  | { readonly kind: 'publish'; readonly ways: readonly Way[] }
  | { readonly kind: 'attach'; readonly terms: Terms }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'succeed' | 'fail' | 'pause' | 'resume' | 'redrive' | 'close'; readonly which: number }
  | { readonly kind: 'set'; readonly which: number; readonly concurrency: number };

const terms: fc.Arbitrary<Terms> = fc.record({
  overflow: fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park'),
  bufferSize: fc.nat({ max: 4 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  keys: fc.nat({ max: 3 }),
  timeoutMs: fc.constantFrom(Infinity, 3, 8),
  retries: fc.nat({ max: 2 }),
  onFailure: fc.constantFrom('keep', 'keep', 'close', 'park'),
  parkSize: fc.integer({ min: 1, max: 3 }),
});
const which = fc.nat({ max: 9 });
const kinds = <K extends Step['kind']>(...names: K[]) => fc.constantFrom(...names);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: kinds('publish'),
      ways: fc.array(fc.constantFrom(...WAYS), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kinds('attach'), terms }) },
  { weight: 5, arbitrary: fc.record({ kind: kinds('wait'), ms: fc.integer({ min: 1, max: 10 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: kinds('succeed', 'fail'), which }) },
  { weight: 4, arbitrary: fc.record({ kind: kinds('pause', 'resume', 'redrive', 'close'), which }) },
  { weight: 2, arbitrary: fc.record({ kind: kinds('set'), which, concurrency: fc.integer({ min: 1, max: 4 }) }) },
);

/** The account of one subscriber, kept by what is seen from outside. */
class Witness {
  readonly id: string;
  readonly terms: Terms;
  readonly delivery: Delivery<Value>;
  readonly errors: DeliveryError[] = [];
  readonly outcomes: Record<string, number> = {};
  private readonly cap$ = new Subject<number>();
  cap: number;
  highestCap: number;
  isPaused = false;
  isClosed = false;
  isClosing = false; // a handler has failed that will close it when that is heard of
  offered = 0;
  dropped = 0;
  succeeded = 0;
  failed = 0; // for good
  retries = 0;
  inHandlers = 0; // attempts that have begun, and have neither ended nor been given up

  constructor(world: World, id: string, terms: Terms) {
    this.id = id;
    this.terms = terms;
    const { keys, retries, ...rest } = terms;
    this.cap = this.highestCap = terms.concurrency;
    this.delivery = world.deliver({
      ...rest,
      id,
      concurrency: new Observable((subscriber) => {
        subscriber.next(terms.concurrency);
        return this.cap$.subscribe(subscriber);
      }),
      partitionKey: keys > 0 ? ({ n }) => n % keys : undefined,
      retry: { retries, delayMs: 2 },
      onDrop: () => this.dropped++,
      handle: (value, { attempt, signal }) => {
        expect(this.isClosed, 'T15 nothing starts once it is closed').toBe(false);
        this.inHandlers++;
        if (attempt > 1) this.retries++;
        else expect(this.inHandlers, 'T4').toBeLessThanOrEqual(this.cap);
        let isOver = false;
        const end: End = (how, isHeardAtOnce = true) => {
          if (isOver) return;
          isOver = true;
          this.inHandlers--;
          if (how === 'well') {
            // A promise is heard of after the failure that closes, which was there before: it is discarded then.
            if (isHeardAtOnce || !this.isClosing) this.succeeded++;
          } else if (!this.isClosed && !this.isClosing && attempt > retries) {
            this.failed++;
            this.isClosing = terms.onFailure === 'close';
          }
        };
        signal.addEventListener('abort', () => end('badly'));
        return world.play(value, attempt, end);
      },
    });
    this.delivery.ended$.subscribe({ complete: () => (this.isClosed = true) });
  }

  setCap(concurrency: number): void {
    if (this.isClosed) return;
    this.cap = concurrency;
    this.highestCap = Math.max(this.highestCap, concurrency);
    this.cap$.next(concurrency);
  }

  close(): void {
    this.isClosed = true; // before: what is aborted now has not failed
    this.delivery.close();
  }

  check(): void {
    const stats = this.delivery.stats();
    const { offered, succeeded, failed, coalesced, dropped, parked, refused, discarded } = stats;
    const { blocked, waiting, running, concurrency, retried } = stats;
    const told = this.errors.filter(({ id }) => id > 0);
    const { overflow, bufferSize, onFailure, keys } = this.terms;

    const ended = succeeded + failed + coalesced + dropped + parked + refused + discarded;
    expect(ended + blocked + waiting + running, 'T6 the sum').toBe(offered);
    expect({ offered, succeeded, dropped, parked, concurrency }, 'T6 the counters').toEqual({
      offered: this.offered,
      succeeded: this.succeeded,
      dropped: this.dropped,
      parked: this.delivery.parked().length,
      concurrency: this.cap,
    });
    expect(onFailure === 'park' ? failed : 0).toBe(0);
    if (onFailure !== 'park') expect(failed).toBe(this.failed);
    expect(
      told.filter(({ attempt }) => attempt > 0),
      'T12 failures',
    ).toHaveLength(this.failed);
    expect(
      told.filter(({ attempt }) => attempt === 0),
      'T12 refusals',
    ).toHaveLength(refused);

    // At the receipts, what was parked has ended: what becomes of it afterwards is in the counters alone.
    const wasParked = (this.outcomes['parked'] ?? 0) > 0;
    for (const outcome of ['succeeded', 'failed', 'coalesced', 'dropped', 'refused', 'discarded'] as const) {
      const count = this.outcomes[outcome] ?? 0;
      if (wasParked) expect(count, `receipts: ${outcome}`).toBeLessThanOrEqual(stats[outcome]);
      else expect(count, `receipts: ${outcome}`).toBe(stats[outcome]);
    }
    const settled = Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
    if (!wasParked) expect(settled + blocked + waiting + running, 'receipts: the sum').toBe(offered);

    expect(waiting, 'T5').toBeLessThanOrEqual(bufferSize);
    if (overflow !== 'block') expect(blocked).toBe(0);
    expect(running, 'T4').toBeLessThanOrEqual(this.highestCap);
    expect(this.inHandlers).toBeLessThanOrEqual(running);
    expect(this.retries).toBeLessThanOrEqual(retried);
    const isIdle = running < this.cap && waiting + blocked > 0;
    if (!this.isClosed && !this.isPaused && keys === 0) expect(isIdle, 'T4 work-conserving').toBe(false);
    if (this.isClosed) expect([blocked, waiting, running]).toEqual([0, 0, 0]);
  }
}

class World {
  readonly witnesses: Witness[] = [];
  private readonly topic = new Topic<Value>({ onError: (error) => this.named(error.subscriber).errors.push(error) });
  private readonly held: ((how: 'well' | 'badly') => void)[] = [];
  private published = 0;
  private nested = 0;

  constructor() {
    // Observers of the Subject come first: what they see is about to be offered to whoever is attached.
    this.topic.subscribe(() => {
      for (const witness of this.witnesses) if (!witness.isClosed) witness.offered++;
    });
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'publish') this.publish(step.ways);
    else if (step.kind === 'attach') this.attach(step.terms);
    else if (step.kind === 'wait') {
      // One at a time, for promises to be heard of in between.
      for (let ms = 0; ms < step.ms; ms++) {
        vi.advanceTimersByTime(1);
        await quiet();
      }
    } else this.do(step);
    await quiet();
    for (const witness of this.witnesses) witness.check();
  }

  deliver(contract: DeliveryContract<Value>): Delivery<Value> {
    return this.topic.deliver(contract);
  }

  end(): void {
    this.topic.unsubscribe();
  }

  attach(terms: Terms): void {
    this.witnesses.push(new Witness(this, `s${this.witnesses.length}`, terms));
  }

  /** What a handler does. */
  play({ n, ways }: Value, attempt: number, end: End): Handled {
    const way = ways[Math.min(attempt, ways.length) - 1]!;
    const failure = new Error(`${n} fails`);
    const after = (how: 'well' | 'badly') =>
      new Observable((subscriber) =>
        timer(2).subscribe(() => {
          end(how);
          if (how === 'well') subscriber.complete();
          else subscriber.error(failure);
        }),
      );
    switch (way) {
      case 'publishes':
        if (this.nested++ % 5 < 2) this.publish(['returns']);
        {
          end('well');
          return;
        }
      case 'returns': {
        end('well');
        return;
      }
      case 'throws':
        end('badly');
        throw failure;
      case 'resolves':
        return Promise.resolve().then(() => end('well', false));
      case 'rejects':
        return Promise.resolve().then(() => {
          end('badly');
          throw failure;
        });
      case 'completes':
        return after('well');
      case 'errs':
        return after('badly');
      case 'hangs':
        return new Promise(() => {});
      case 'is held':
        return new Promise<void>((resolve, reject) => {
          this.held.push((how) => {
            end(how);
            if (how === 'well') resolve();
            else reject(failure);
          });
        });
    }
  }

  private do(step: Exclude<Step, { readonly kind: 'publish' | 'attach' | 'wait' }>): void {
    if (step.kind === 'succeed' || step.kind === 'fail') {
      this.held.splice(step.which % Math.max(this.held.length, 1), 1)[0]?.(step.kind === 'succeed' ? 'well' : 'badly');
      return;
    }
    const witness = this.witnesses[step.which % this.witnesses.length]!;
    if (step.kind === 'close') witness.close();
    else if (step.kind === 'set') witness.setCap(step.concurrency);
    else {
      if (step.kind !== 'redrive') witness.isPaused = step.kind === 'pause';
      witness.delivery[step.kind]();
    }
  }

  private publish(ways: readonly Way[]): void {
    this.topic.publish({ n: this.published++, ways }).settled$.subscribe(({ subscriber, outcome }) => {
      const { outcomes } = this.named(subscriber);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    });
  }

  private named(id: string): Witness {
    return this.witnesses.find((witness) => witness.id === id)!;
  }
}

describe('conservation', () => {
  useVirtualTime();

  it('T4, T5, T6, T13 every value is accounted for at every quiet point, whatever happens', async () => {
    const noise = watchProcess();
    await fc.assert(
      fc.asyncProperty(
        fc.array(terms, { minLength: 1, maxLength: 3 }),
        fc.array(step, { maxLength: 60 }),
        async (contracts, steps) => {
          vi.clearAllTimers(); // of a run that failed
          const world = new World();
          for (const contract of contracts) world.attach(contract);
          for (const step of steps) await world.take(step);

          for (const witness of world.witnesses) witness.close();
          await world.take({ kind: 'wait', ms: 1 });
          world.end();
          expect(vi.getTimerCount(), 'X3').toBe(0);
        },
      ),
      runs(),
    );
    expect(noise.stop()).toEqual([]);
  });
});

/** Until every promise that is settled was heard of. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 6; i++) await Promise.resolve();
}
