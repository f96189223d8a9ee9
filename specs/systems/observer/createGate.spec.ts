import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../lib/systems/observer/createGate.ts';
import { rankTest } from '../../support/rankTest.ts';

const TOKEN = 'k'.repeat(512);
const wrongAtTheStart = () => requestWith(`x${TOKEN.slice(1)}`);
const wrongAtTheEnd = () => requestWith(`${TOKEN.slice(0, -1)}x`);

describe('createGate', () => {
  it('F2 takes as long for a token that is wrong at its start as for one that is wrong at its end', () => {
    const { admin } = createGate({ owners: 'nobody', adminToken: TOKEN, attempts: { failures: Infinity } });

    expect(() => admin(wrongAtTheStart())).toThrow('bearer token');
    expect(mostAlike((request) => admin(request))).toBeGreaterThan(0.01);
  });

  it('F2 would be seen if it did not: by a comparison that ends at the first difference', () => {
    const hasty = (request: Request) => {
      const given = request.headers.get('authorization')!.slice('Bearer '.length);
      for (let at = 0; at < TOKEN.length; at++) if (given[at] !== TOKEN[at]) throw new Error('wrong');
    };

    expect(mostAlike(hasty)).toBeLessThanOrEqual(0.01);
  });
});

/** Of two that are the same, one run in a hundred says that they differ, but hardly three in a row. */
function mostAlike(check: (request: Request) => void): number {
  return Math.max(...Array.from({ length: 3 }, () => compared(check)));
}

/** 10,000 samples of each, in turns. Each has a request of its own, lest what differs be where two requests lie in memory. */
function compared(check: (request: Request) => void): number {
  const took = { start: [] as number[], end: [] as number[] };
  for (let n = -1_000; n < 10_000; n++) {
    const isEven = n % 2 === 0;
    const [first, second] = isEven ? [wrongAtTheStart(), wrongAtTheEnd()] : [wrongAtTheEnd(), wrongAtTheStart()];
    const ms = [msOf(check, first), msOf(check, second)] as const;
    if (n < 0) continue; // until the code is warm
    took.start.push(ms[isEven ? 0 : 1]);
    took.end.push(ms[isEven ? 1 : 0]);
  }
  return rankTest(took.start, took.end);
}

function msOf(check: (request: Request) => void, request: Request): number {
  const from = performance.now();
  try {
    check(request);
  } catch {
    // a wrong token is refused: how long that takes is the question
  }
  return performance.now() - from;
}

function requestWith(token: string): Request {
  return new Request('http://127.0.0.1/admin/flush', { headers: { authorization: `Bearer ${token}` } });
}
