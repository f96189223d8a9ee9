import { EMPTY, firstValueFrom, lastValueFrom, NEVER, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromAbortable } from '../../lib/boundary/fromAbortable.ts';
import { watchedSignal } from '../../lib/testing/watchedSignal.ts';

/** Work that never ends and keeps the signal it was given. */
function pending() {
  const signals: AbortSignal[] = [];
  const start = (signal: AbortSignal) => {
    signals.push(signal);
    return NEVER;
  };
  return { signals, start };
}

describe('fromAbortable', () => {
  it('emits what the work gives, promise or Observable', async () => {
    expect(await lastValueFrom(fromAbortable(() => Promise.resolve('x')).pipe(toArray()))).toEqual(['x']);
    expect(await lastValueFrom(fromAbortable(() => of(1, 2)).pipe(toArray()))).toEqual([1, 2]);
  });

  it('starts once per subscription, and not before', () => {
    const { signals, start } = pending();
    const work$ = fromAbortable(start);
    expect(signals).toHaveLength(0);

    work$.subscribe();
    work$.subscribe();

    expect(signals).toHaveLength(2);
    expect(signals[0]).not.toBe(signals[1]);
  });

  it('aborts the signal when the subscriber leaves', () => {
    const { signals, start } = pending();
    fromAbortable(start).subscribe().unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('does not abort the signal of work that is done', async () => {
    let given: AbortSignal | undefined;
    await lastValueFrom(
      fromAbortable((signal) => {
        given = signal;
        return Promise.resolve();
      }),
    );
    expect(given?.aborted).toBe(false);
  });

  it('aborts what failed work has begun', async () => {
    let given: AbortSignal | undefined;
    const failure = new Error('one of two');
    const work$ = fromAbortable((signal) => {
      given = signal;
      return Promise.all([Promise.reject(failure), new Promise(() => {})]);
    });

    await expect(lastValueFrom(work$)).rejects.toBe(failure);
    expect(given?.aborted).toBe(true);
  });

  it('errors with what start throws', async () => {
    const failure = new Error('start');
    const work$ = fromAbortable((): Promise<string> => {
      throw failure;
    });
    await expect(lastValueFrom(work$)).rejects.toBe(failure);
  });

  it('X5 starts nothing under a signal that is aborted, and errors with its reason', async () => {
    const { signals, start } = pending();
    const signal = AbortSignal.abort(new Error('before'));
    await expect(lastValueFrom(fromAbortable(start, { signal }))).rejects.toBe(signal.reason);
    expect(signals).toHaveLength(0);
  });

  it('errors with the reason of a signal that is aborted later, and passes it on', () => {
    const { signals, start } = pending();
    const outer = new AbortController();
    const seen: unknown[] = [];
    fromAbortable(start, { signal: outer.signal }).subscribe({ error: (error: unknown) => seen.push(error) });

    outer.abort('enough');

    expect(seen).toEqual(['enough']);
    expect(signals.map(({ aborted, reason }: AbortSignal) => [aborted, reason as unknown])).toEqual([[true, 'enough']]);
  });

  it('X4 leaves no listener on a signal that many subscriptions share', async () => {
    const { signal, listeners } = watchedSignal();
    for (let i = 0; i < 10_000; i++)
      fromAbortable(i % 2 ? () => EMPTY : () => NEVER, { signal })
        .subscribe()
        .unsubscribe();
    await firstValueFrom(fromAbortable(() => Promise.resolve(1), { signal }));
    expect(listeners()).toBe(0);
  });

  it('swallows the rejection of work that nobody waits for any more', async () => {
    const { promise, reject } = deferred();
    fromAbortable(() => promise)
      .subscribe()
      .unsubscribe();
    reject(new Error('too late')); // an unhandled rejection would fail the run
    await new Promise((resolve) => setImmediate(resolve));
    await expect(promise).rejects.toThrow('too late');
  });
});

function deferred() {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejected) => (reject = rejected));
  return { promise, reject };
}
