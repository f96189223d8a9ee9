import { firstValueFrom, lastValueFrom, toArray, type Observable } from 'rxjs';
import type { JobRecord, JobState, JobStore } from '../contracts/jobStore.ts';
import { ensure } from './law.ts';
import { showValue } from './showValue.ts';

/** Texts that a token may be. */
export const TOKENS = [
  '',
  'a',
  'A',
  ' a ',
  'job-1',
  '../../etc/passwd',
  '/absolute',
  'a/b',
  'a\\b',
  '.',
  '..',
  'con',
  'nul.json',
  'line\nend',
  '\u0000',
  '\u202e',
  'é',
  'e\u0301',
  '\u{1f600}',
  '\ud800',
  '\udc00',
  '\ufffd',
  '__proto__',
  'x'.repeat(10_000),
];

/** Data that an input may be. */
export const INPUTS = [
  null,
  false,
  0,
  -1.5e300,
  '',
  '\ud800"\\\n\u2028',
  [],
  {},
  [[], [null, { a: [] }]],
  { 'a/b': { '~': 1 }, '': 2, constructor: { prototype: 3 } },
  JSON.parse('{"__proto__":{"a":1}}') as unknown,
  'x'.repeat(100_000),
];

/** Data that JSON cannot carry. */
export const NOT_JSON = [1n, NaN, Infinity, () => 1, Symbol('s'), new Map(), { deep: [undefined, 1n] }, cycle()];

/** Every state of a job. */
export const STATES: readonly JobState[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timedOut'];

/** A record of a job that differs from others in its token, and in what is given. */
export function recordOf(token: string, facts: Partial<JobRecord> = {}): JobRecord {
  return { token, kind: 'law', input: { token }, state: 'queued', createTime: 1, ...facts };
}

/** Resolves once a call is done. */
export function done(call$: Observable<never>): Promise<unknown> {
  return lastValueFrom(call$, { defaultValue: undefined });
}

/** Everything that a store lists. */
export function all(store: JobStore): Promise<readonly JobRecord[]> {
  return firstValueFrom(store.list().pipe(toArray()));
}

/** A list gives no record twice, whatever happens meanwhile. */
export async function once(store: JobStore): Promise<void> {
  const tokens = (await all(store)).map(({ token }) => token);
  ensure(new Set(tokens).size === tokens.length, `a list gave a record twice: ${showValue(tokens)}`);
}

/** Breaks a law unless the store holds exactly these. */
export async function holds(store: JobStore, expected: readonly JobRecord[], after: string): Promise<void> {
  const [found, wanted] = [await all(store), expected].map((records) => records.map(textOf).sort());
  const strange = found!.find((text) => !wanted!.includes(text));
  const missing = wanted!.find((text) => !found!.includes(text));
  ensure(strange === undefined, `${after}, and it gives ${showValue(strange)}`);
  ensure(missing === undefined, `${after}, and it does not give ${showValue(missing)}`);
  ensure(found!.length === wanted!.length, `${after}, and it gives ${found!.length} records for ${wanted!.length}`);
}

/** The JSON of a value, with its keys in order. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function cycle(): object {
  const object: { self?: unknown } = {};
  object.self = object;
  return object;
}

/** The same whole numbers below `limit` for the same seed. */
export function chance(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
