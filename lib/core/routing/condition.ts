import { OptionError } from '../../../operators/errors.ts';
import { stepsOf, valueAt } from '../../boundary/valueAt.ts';

/** A value that is compared as a whole. */
export type Scalar = string | number | boolean | null;

/**
 * A question about the payload of an event. Paths are JSON pointers (`/order/kind`) or dotted (`order.kind`); '' is the
 * whole payload. A path that leads nowhere answers no.
 */
export type Condition =
  | { readonly path: string; readonly equals: Scalar }
  | { readonly path: string; readonly in: readonly Scalar[] }
  | { readonly path: string; readonly prefix: string }
  | { readonly path: string; readonly exists: boolean }
  | { readonly not: Condition }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

type Test = (payload: unknown) => boolean;

const MAX_DEPTH = 32;
const EXPECTED = 'one of { path, equals | in | prefix | exists }, { not }, { all } and { any }';

/** Reads a condition once, so that asking it is quick. Throws OptionError at anything that is not one. */
export function compileCondition(condition: Condition): Test {
  return compile(condition, 'condition', 0);
}

function compile(given: unknown, at: string, depth: number): Test {
  if (depth > MAX_DEPTH) throw new OptionError(at, `at most ${MAX_DEPTH} levels deep`, given);
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const condition: Readonly<Partial<Record<string, unknown>>> = Object.fromEntries(entries);
  const names = entries.map(([name]) => name).sort();
  const below = (part: unknown, step: string) => compile(part, `${at}.${step}`, depth + 1);

  switch (names.join()) {
    case 'not': {
      const test = below(condition['not'], 'not');
      return (payload) => !test(payload);
    }
    case 'all': {
      const tests = listOf(condition['all'], `${at}.all`).map((part, i) => below(part, `all[${i}]`));
      return (payload) => tests.every((test) => test(payload));
    }
    case 'any': {
      const tests = listOf(condition['any'], `${at}.any`).map((part, i) => below(part, `any[${i}]`));
      return (payload) => tests.some((test) => test(payload));
    }
    default: {
      const [name] = names.filter((each) => each !== 'path');
      if (typeof condition['path'] !== 'string' || names.length !== 2 || name === undefined) {
        throw new OptionError(at, EXPECTED, given);
      }
      const steps = stepsOf(condition['path']);
      const test = leaf(name, condition[name], `${at}.${name}`);
      return (payload) => test(valueAt(steps, payload));
    }
  }
}

/** What is asked of the value that a path leads to. */
function leaf(name: string, wanted: unknown, at: string): Test {
  switch (name) {
    case 'equals': {
      const value = scalar(wanted, at);
      return (found) => found === value;
    }
    case 'in': {
      const values = new Set<unknown>(listOf(wanted, at).map((value) => scalar(value, at)));
      return (found) => found !== undefined && values.has(found);
    }
    case 'prefix':
      if (typeof wanted !== 'string') throw new OptionError(at, 'a text', wanted);
      return (found) => typeof found === 'string' && found.startsWith(wanted);
    case 'exists':
      if (typeof wanted !== 'boolean') throw new OptionError(at, 'true or false', wanted);
      return (found) => (found !== undefined) === wanted;
    default:
      throw new OptionError(at, EXPECTED, wanted);
  }
}

function listOf(given: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(given)) throw new OptionError(at, 'a list', given);
  return given;
}

function scalar(value: unknown, at: string): unknown {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new OptionError(at, 'a text, a number, true, false or null', value);
}
