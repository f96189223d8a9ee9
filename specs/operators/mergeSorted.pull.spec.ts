import { setImmediate as macrotask } from 'node:timers/promises';
import { Subject, take, throwError, type Observable, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeSorted, SourceOrderError } from '../../operators/index.ts';
import { collectGarbage } from '../support/collectGarbage.ts';
import { record } from '../support/record.ts';

const byNumber = { compare: (a: number, b: number) => a - b };

describe('mergeSorted asks an iterable', () => {
  it('for its next value only when the one before was emitted', () => {
    const log: string[] = [];
    const result$ = mergeSorted([watched(log, 'a', [1, 4]), watched(log, 'b', [2, 3])], byNumber);

    result$.subscribe((value) => log.push(`get ${value}`));

    expect(log).toEqual([...['a 1', 'b 2', 'get 1', 'a 4', 'get 2', 'b 3', 'get 3', 'b ends', 'get 4', 'a ends']]);
  });

  it('for nothing more once the consumer has left, and returns its iterator', () => {
    const log: string[] = [];
    const endless = watched(log, 'a', naturals());

    mergeSorted([endless, [2, 4]], byNumber)
      .pipe(take(3))
      .subscribe((value) => log.push(`get ${value}`));

    expect(log).toEqual(['a 0', 'get 0', 'a 1', 'get 1', 'a 2', 'get 2', 'return a']);
  });

  it('and returns its iterator when another source errors', () => {
    for (const failing of [throwError(() => 'error'), failingAfter(0), [5, 4]]) {
      const log: string[] = [];
      const events = record(mergeSorted<ObservableInput<number>>([watched(log, 'a', naturals(3)), failing], byNumber));

      expect(events.at(-1)).toEqual(Array.isArray(failing) ? new SourceOrderError(1, 1) : 'error');
      expect(log.at(-1)).toBe('return a');
      expect(log.filter((entry) => entry === 'return a')).toHaveLength(1);
    }
  });

  it('and returns its iterator when the consumer leaves between two values', () => {
    const log: string[] = [];
    const silent$ = new Subject<number>();
    const subscription = mergeSorted([watched(log, 'a', naturals()), silent$], byNumber).subscribe();
    expect(log).toEqual(['a 0']);

    subscription.unsubscribe();

    expect(log).toEqual(['a 0', 'return a']);
  });

  it('and does not return an iterator that has ended, or thrown', () => {
    const log: string[] = [];
    const silent$ = new Subject<number>();
    mergeSorted([watched(log, 'a', []), silent$], byNumber)
      .subscribe()
      .unsubscribe();
    expect(log).toEqual(['a ends']);

    const events = record(mergeSorted([watched(log, 'b', failingAfter(1)), [9]], byNumber));
    expect(events).toEqual([0, 'error']);
    expect(log).toEqual(['a ends', 'b 0', 'b throws']);
  });

  it('and returns its iterator when the consumer leaves while it runs', () => {
    const log: string[] = [];
    const silent$ = new Subject<number>();
    function* leaving() {
      yield 1;
      subscription.unsubscribe();
      yield 2;
    }
    const source = watched(log, 'a', leaving());
    const gate$ = new Subject<number>();
    const subscription = mergeSorted([source, gate$, silent$], byNumber).subscribe((value) => log.push(`get ${value}`));
    gate$.next(5);

    silent$.next(9);

    expect(log).toEqual(['a 1', 'get 1', 'a 2', 'return a']);
  });

  it('that has no return, and bears it', () => {
    let n = 0;
    const endless = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: n++ }) }) };

    expect(record(mergeSorted([endless], byNumber).pipe(take(2)))).toEqual([0, 1, 'complete']);
  });

  it('anew for each subscription', () => {
    const result$ = mergeSorted([new Set([1, 3]), new Set([2])], byNumber);

    expect(record(result$)).toEqual([1, 2, 3, 'complete']);
    expect(record(result$)).toEqual([1, 2, 3, 'complete']);
  });

  it('whose iterator cannot be had: errors, and returns the iterators it has', () => {
    const log: string[] = [];
    const closed = {
      [Symbol.iterator](): Iterator<number> {
        throw new Error('closed');
      },
    };

    const events = record(mergeSorted([watched(log, 'a', naturals()), closed], byNumber));

    expect(events).toEqual([new Error('closed')]);
    expect(log).toEqual(['return a']);
  });
});

describe('mergeSorted asks an async iterable', () => {
  it('for its next value only when the one before was emitted', async () => {
    const log: string[] = [];
    const sources = [watchedLater(log, 'a', [1, 4]), watchedLater(log, 'b', [2, 3])];

    await settled(mergeSorted(sources, byNumber), log);

    expect(log).toEqual([
      ...['ask a', 'ask b', 'a 1', 'b 2', 'get 1', 'ask a', 'a 4', 'get 2', 'ask b', 'b 3', 'get 3', 'ask b', 'b ends'],
      ...['get 4', 'ask a', 'a ends', 'complete'],
    ]);
  });

  it('for nothing more once the consumer has left, and returns its iterator', async () => {
    const log: string[] = [];

    await settled(mergeSorted([watchedLater(log, 'a', naturals()), [9]], byNumber).pipe(take(2)), log);

    expect(log).toEqual(['ask a', 'a 0', 'get 0', 'ask a', 'a 1', 'get 1', 'complete', 'return a']);
  });

  it('and returns its iterator at once when the consumer leaves while an answer is pending', async () => {
    const log: string[] = [];
    const subscription = mergeSorted([watchedLater(log, 'a', naturals()), [9]], byNumber).subscribe((value) =>
      log.push(`get ${value}`),
    );
    expect(log).toEqual(['ask a']);

    subscription.unsubscribe();
    expect(log).toEqual(['ask a', 'return a']);

    await macrotask();
    expect(log).toEqual(['ask a', 'return a', 'a 0']); // it came, and went nowhere
  });

  it('and returns its iterator at once when another source errors while an answer is pending', () => {
    const log: string[] = [];
    const failing$ = new Subject<number>();
    const events = record(mergeSorted([watchedLater(log, 'a', naturals()), failing$], byNumber));

    failing$.error('error');

    expect(events).toEqual(['error']);
    expect(log).toEqual(['ask a', 'return a']);
  });

  it('and does not return an iterator that has ended, or rejected', async () => {
    const log: string[] = [];
    const silent$ = new Subject<number>();
    const subscription = mergeSorted([watchedLater(log, 'a', []), silent$], byNumber).subscribe();
    await macrotask();
    subscription.unsubscribe();
    expect(log).toEqual(['ask a', 'a ends']);

    const later: string[] = [];
    await settled(mergeSorted([watchedLater(later, 'b', failingAfter(1)), [9]], byNumber), later);
    expect(later).toEqual(['ask b', 'b 0', 'get 0', 'ask b', 'b throws', 'error']);
  });

  it.each([
    [
      'throws instead of answering',
      () => {
        throw new Error('broken');
      },
      new Error('broken'),
    ],
    ['answers with nothing', () => Promise.resolve(), expect.any(TypeError)],
  ])('and errors when it %s', async (_, next, failure) => {
    const broken = { [Symbol.asyncIterator]: () => ({ next }) } as unknown as AsyncIterable<number>;
    const events = record(mergeSorted([broken, [1]], byNumber));

    await macrotask();

    expect(events).toEqual([failure]);
  });

  it('and takes an answer that is no promise, as for await does', async () => {
    const plain = { [Symbol.asyncIterator]: () => [1, 2].values() } as unknown as AsyncIterable<number>;
    const events = record(mergeSorted([plain], byNumber));

    await macrotask();

    expect(events).toEqual([1, 2, 'complete']);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('return'))],
    [
      'throws',
      () => {
        throw new Error('return');
      },
    ],
    ['gives nothing', () => undefined],
  ])('and bears a return that %s: nobody is left to tell', async (_, returned) => {
    let calls = 0;
    const iterator = {
      next: () => Promise.resolve({ done: false, value: 1 }),
      return() {
        calls++;
        return returned();
      },
    };
    const source = { [Symbol.asyncIterator]: () => iterator } as unknown as AsyncIterable<number>;
    const subscription = mergeSorted([source, [5]], byNumber).subscribe();

    subscription.unsubscribe();
    await macrotask(); // a rejection that nobody handles fails the run

    expect(calls).toBe(1);
  });

  it('and errors with what compare throws on its answer', async () => {
    const failure = new Error('compare');
    const log: string[] = [];
    const events = record(
      mergeSorted([watchedLater(log, 'a', naturals()), [9]], {
        compare: () => {
          throw failure;
        },
      }),
    );

    await macrotask();

    expect(events).toEqual([expect.objectContaining({ name: 'ComparatorError', cause: failure })]);
    expect(log.at(-1)).toBe('return a');
  });

  it('that never answers, and holds nothing for it once the consumer has left', async () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => never }) };
    const never = new Promise<IteratorResult<{ at: number }>>(() => undefined);
    const source$ = new Subject<{ at: number }>();
    const subscription = mergeSorted([source$, silent], { compare: (a, b) => a.at - b.at }).subscribe();
    source$.next({ at: 0 });
    const [ref] = [1].map((at) => {
      const value = { at };
      source$.next(value);
      return new WeakRef(value);
    });
    await collectGarbage();
    expect(ref?.deref()).toEqual({ at: 1 });

    subscription.unsubscribe();
    await collectGarbage();

    expect(ref?.deref()).toBeUndefined();
    expect(await Promise.race([never, Promise.resolve('pending')])).toBe('pending');
  });

  it('that is a readable stream, and cancels it', async () => {
    let cancelled = 0;
    let pulled = 0;
    const stream = new ReadableStream<number>(
      {
        pull: (controller) => controller.enqueue(pulled++),
        cancel: () => {
          cancelled++;
        },
      },
      { highWaterMark: 0 },
    );
    const log: string[] = [];

    await settled(mergeSorted<ObservableInput<number>>([stream, [1.5, 99]], byNumber).pipe(take(4)), log);
    await macrotask();

    expect(log).toEqual(['get 0', 'get 1', 'get 1.5', 'get 2', 'complete']);
    expect({ pulled, cancelled }).toEqual({ pulled: 3, cancelled: 1 });
  });
});

function* naturals(from = 0): Generator<number> {
  for (let n = from; ; n++) yield n;
}

function* failingAfter(count: number): Generator<number> {
  for (let n = 0; n < count; n++) yield n;
  throw 'error';
}

/** The values, with every call to their iterator written down. */
function watched(log: string[], name: string, values: Iterable<number>): Iterable<number> {
  return {
    [Symbol.iterator]() {
      const iterator = values[Symbol.iterator]();
      return {
        next() {
          return answer(log, name, iterator);
        },
        return(value) {
          log.push(`return ${name}`);
          return { done: true, value: value as unknown };
        },
      };
    },
  };
}

/** The same, each answer a little later; `return` does not wait for one that is pending. */
function watchedLater(log: string[], name: string, values: Iterable<number>): AsyncIterable<number> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = values[Symbol.iterator]();
      return {
        async next() {
          log.push(`ask ${name}`);
          await Promise.resolve();
          return answer(log, name, iterator);
        },
        async return(value) {
          log.push(`return ${name}`);
          return { done: true, value: value as unknown };
        },
      };
    },
  };
}

function answer(log: string[], name: string, iterator: Iterator<number>): IteratorResult<number> {
  try {
    const result = iterator.next();
    log.push(result.done ? `${name} ends` : `${name} ${result.value}`);
    return result;
  } catch (thrown) {
    log.push(`${name} throws`);
    throw thrown;
  }
}

/** Writes down what the stream says, until it has ended. */
function settled(source$: Observable<number>, log: string[]): Promise<void> {
  return new Promise((resolve) => {
    source$.subscribe({
      next: (value) => log.push(`get ${value}`),
      error: (error: unknown) => {
        log.push(String(error));
        resolve();
      },
      complete: () => {
        log.push('complete');
        resolve();
      },
    });
  });
}
