import { describe, expect, it } from 'vitest';
import { queueTerms } from '../../lib/boundary/queueTerms.ts';
import type { QueueContract } from '../../lib/contracts/transport.ts';
import { OptionError } from '../../operators/errors.ts';

const queue: QueueContract = { kind: 'durable', name: 'q', bindings: ['a.*'], handle: () => undefined };

describe('queueTerms', () => {
  it('fills in the defaults, also for what is undefined', () => {
    expect(queueTerms({ ...queue, concurrency: undefined }, 'topic')).toEqual({
      ...queue,
      concurrency: 1,
      maxAttempts: 5,
      retryDelayMs: 1_000,
      maxRetryDelayMs: 60_000,
      maxBodyBytes: 1_048_576,
    });
  });

  it.each<Partial<QueueContract>>([
    { kind: 'eternal' as 'durable' },
    ...['', 'a b', 'é', 'a/b', 'x'.repeat(129)].map((name) => ({ name })),
    ...['', 'a..b', 'a#', '**', 'a b', 'x'.repeat(256)].map((binding) => ({ bindings: ['a', binding] })),
    ...[0, 1.5, NaN, Infinity, 65_536].map((concurrency) => ({ concurrency })),
    ...[0, 1.5, Infinity].map((maxAttempts) => ({ maxAttempts })),
    { retryDelayMs: -1 },
    { maxRetryDelayMs: NaN },
    { maxBodyBytes: -1 },
  ])('refuses %j', (change) => {
    expect(() => queueTerms({ ...queue, ...change }, 'topic')).toThrow(OptionError);
  });

  it('refuses patterns on a direct exchange', () => {
    expect(() => queueTerms(queue, 'direct')).toThrow(OptionError);
    expect(queueTerms({ ...queue, bindings: ['a.b'] }, 'direct').bindings).toEqual(['a.b']);
  });
});
