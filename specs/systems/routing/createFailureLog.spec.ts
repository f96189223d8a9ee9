import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RouteError } from '../../../lib/contracts/receiverFailure.ts';
import { SendError } from '../../../lib/contracts/sendFailure.ts';
import { createFailureLog } from '../../../lib/systems/routing/createFailureLog.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failure = (route: string, cause: unknown = new SendError('sink', 'failed', 'it answered with status 500')) =>
  new RouteError({ tenant: 'acme', receiver: 'in', route, id: 'e', attempt: 1, event: {} }, cause);

describe('createFailureLog', () => {
  it('writes down the same failure of a route once in ten seconds, and how many were between', () => {
    const lines: unknown[] = [];
    const log = createFailureLog((message, { moreBefore }) => lines.push([message, moreBefore ?? 0]));

    for (let i = 0; i < 1_000; i++) log.failed(failure('a'));
    log.failed(failure('b'));
    vi.advanceTimersByTime(10_000);
    log.failed(failure('a'));

    expect(lines).toEqual([
      ['a route has failed', 0],
      ['a route has failed', 0],
      ['a route has failed', 999],
    ]);
  });

  it('writes down another failure at once, and keeps the last one, cut, until the route is gone', () => {
    const lines: string[] = [];
    const log = createFailureLog((message) => lines.push(message));

    log.failed(failure('a'));
    log.failed(failure('a', new Error('x'.repeat(5_000))));

    expect(lines).toHaveLength(2);
    expect(log.last('acme', 'in', 'a')).toMatchObject({ code: 'route_failed', time: new Date().toISOString() });
    expect(log.last('acme', 'in', 'a')!.reason.length).toBeLessThan(600);
    log.forget('acme', 'in', 'a');
    expect(log.last('acme', 'in', 'a')).toBeUndefined();
  });
});
