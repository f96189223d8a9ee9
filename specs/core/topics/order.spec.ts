import fc from 'fast-check';
import { Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { Overflow } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { runs } from '../../support/seed.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

/** A value, and what its handlers publish in turn. */
interface Node {
  readonly name: string;
  /** By which subscriber what is published. */
  readonly publishes: readonly { readonly by: number; readonly node: Node }[];
}

const trees = (depth: number): fc.Arbitrary<readonly { by: number; node: Node }[]> =>
  fc.array(
    fc.record({
      by: fc.nat({ max: 4 }),
      node: fc.record({
        name: fc.string({ minLength: 1, maxLength: 4 }),
        publishes: depth === 0 ? fc.constant([]) : trees(depth - 1),
      }),
    }),
    { maxLength: 3 },
  );

describe('order', () => {
  useVirtualTime();

  it('T1 at concurrency 1, handlers start in the order of publication, save what the policy dropped', () => {
    const steps = fc.array(fc.constantFrom('publish', 'publish', 'finish', 'pause', 'resume'), { maxLength: 60 });
    const policies = fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'block', 'park');

    fc.assert(
      fc.property(steps, policies, fc.nat({ max: 4 }), (steps, overflow, bufferSize) => {
        const topic = new Topic<number>();
        const lost: number[] = [];
        const { delivery, open, values } = manual(topic, 's', {
          overflow,
          bufferSize,
          onDrop: (value) => lost.push(value),
        });
        topic.errors$.subscribe(({ value }) => lost.push(value as number));
        let published = 0;
        for (const step of steps) {
          if (step === 'publish') topic.next(published++);
          else if (step === 'finish') open()[0]?.succeed();
          else delivery[step]();
        }
        delivery.resume();
        while (open().length > 0) open()[0]!.succeed();

        const away = new Set([...lost, ...delivery.parked()]);
        expect(values()).toEqual(Array.from({ length: published }, (_, n) => n).filter((n) => !away.has(n)));
        expect(delivery.stats().waiting).toBe(0);
      }),
      runs(),
    );
  });

  it('T2 everybody starts common values in one order, whoever publishes from within a handler, to any depth', () => {
    const subscribers = fc.array(
      fc.record({
        bufferSize: fc.constantFrom(0, 2, 1_024),
        overflow: fc.constantFrom<Overflow>('dropOldest', 'dropNewest', 'error', 'park', 'block'),
        isSlow: fc.boolean(),
        isPlain: fc.boolean(),
      }),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        subscribers,
        trees(3),
        fc.array(fc.nat({ max: 20 }), { maxLength: 30 }),
        (subscribers, roots, turns) => {
          const topic = new Topic<{ id: number; node: Node }>({ freeze: 'off' });
          let ids = 0;
          const publish = (node: Node): void => topic.next({ id: ids++, node });
          const ends: (() => void)[] = [];
          const seen = subscribers.map(({ isSlow, isPlain, ...contract }, i) => {
            const started: number[] = [];
            const take = ({ id, node }: { id: number; node: Node }) => {
              started.push(id);
              for (const { by, node: inner } of node.publishes) if (by % subscribers.length === i) publish(inner);
            };
            if (isPlain) topic.subscribe(take);
            else if (isSlow) {
              topic.deliver({
                id: `s${i}`,
                ...contract,
                handle(value) {
                  take(value);
                  return endedBy(ends);
                },
              });
            } else topic.deliver({ id: `s${i}`, ...contract, handle: take });
            return started;
          });
          for (const { node } of roots) publish(node);
          for (const turn of turns) ends.splice(turn % Math.max(ends.length, 1), 1)[0]?.();
          while (ends.length > 0) ends.shift()!();

          for (const started of seen) expect(started).toEqual([...started].sort((a, b) => a - b));
        },
      ),
      runs(),
    );
  });

  it('T3 what a handler publishes is delivered to nobody before everybody was offered the value before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), trees(4), (count, roots) => {
        const topic = new Topic<Node>();
        const log: (readonly [subscriber: number, node: Node])[] = [];
        const published: Node[] = [];
        const publish = (node: Node): void => {
          published.push(node);
          topic.next(node);
        };
        for (let i = 0; i < count; i++) {
          topic.deliver({
            id: `s${i}`,
            handle(node) {
              log.push([i, node]);
              for (const { by, node: inner } of node.publishes) if (by % count === i) publish(inner);
            },
          });
        }
        for (const { node } of roots) publish(node);

        // One round of all subscribers after the other, in the order of publication.
        expect(log).toEqual(published.flatMap((node) => Array.from({ length: count }, (_, i) => [i, node])));
      }),
      runs(),
    );
  });

  it('T3 also when the handler is an observer of the Subject, or tries again', () => {
    const topic = new Topic<string>();
    const log: string[] = [];
    topic.subscribe((value) => {
      log.push(`observer ${value}`);
      if (value === 'a') topic.next('of observer');
    });
    topic.deliver({
      id: 's',
      concurrency: 2,
      retry: { retries: 1, delayMs: 1 },
      handle(value, { attempt }) {
        log.push(`${value} begins`);
        if (value === 'a' && attempt === 1) throw new Error('again');
        if (value === 'a') topic.next('of retry');
        log.push(`${value} ends`);
      },
    });
    topic.next('a');
    vi.advanceTimersByTime(1);

    expect(log).toEqual([
      'observer a',
      'a begins',
      'observer of observer',
      'of observer begins',
      'of observer ends',
      'a begins',
      'a ends',
      'observer of retry',
      'of retry begins',
      'of retry ends',
    ]);
  });

  it('T3 100,000 nested publications use no stack', () => {
    const topic = new Topic<number>();
    let deepest = 0;
    let depth = 0;
    const seen: number[] = [];
    const dive = (n: number): void => {
      deepest = Math.max(deepest, ++depth);
      if (n < 100_000) topic.next(n + 1);
      depth--;
    };
    topic.deliver({ id: 'diver', handle: dive });
    topic.deliver({ id: 'witness', handle: (n) => void seen.push(n) });
    topic.next(1);

    expect(deepest).toBe(1);
    expect(seen).toHaveLength(100_000);
    expect(seen.at(-1)).toBe(100_000);
  });

  it('T15 who is attached from within a handler gets what is published after it was, and nothing else', () => {
    const topic = new Topic<string>();
    const log: string[] = [];
    topic.deliver({
      id: 'first',
      handle(value) {
        if (value !== 'a') return;
        topic.next('b'); // before
        topic.deliver({ id: 'late', handle: (value) => void log.push(value) });
        topic.subscribe((value) => log.push(`observer ${value}`));
        topic.next('c'); // after
      },
    });
    topic.next('a');

    expect(log.filter((line) => !line.startsWith('observer'))).toEqual(['c']);
    expect(log).not.toContain('observer a');
  });

  it('T15 what is replayed comes before what is published after, from within a handler, too', () => {
    const topic = new Topic<string>({ replay: 2 });
    const log: string[] = [];
    topic.next('a');
    topic.deliver({
      id: 'first',
      handle(value) {
        if (value !== 'c') return;
        topic.next('d');
        topic.deliver({ id: 'late', handle: (value) => void log.push(value) });
        topic.replay$.subscribe((value) => log.push(`observer ${value}`));
        topic.next('e');
      },
    });
    topic.next('b');
    topic.next('c');

    expect(log).toEqual(['c', 'd', 'observer c', 'observer d', 'observer e', 'e']);
  });
});

/** Ends when its entry in `ends` is called, in the same turn. */
function endedBy(ends: (() => void)[]): Observable<never> {
  return new Observable((subscriber) => void ends.push(() => subscriber.complete()));
}
