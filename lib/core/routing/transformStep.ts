import { OptionError } from '../../../operators/errors.ts';
import { stepsOf, valueAt } from '../../boundary/valueAt.ts';
import { pickPaths, removeAt, setAt } from './changedCopy.ts';
import { TransformError } from './routingFailure.ts';

/**
 * One change of a payload. Paths are as in a {@link Condition}. `pick` keeps nothing but what the paths lead to. `set`
 * puts values where the paths lead, and makes the objects on the way there. `rename` moves what is at one path to
 * another, if it is there. `remove` takes away what the paths lead to.
 */
export type TransformStep =
  | { readonly pick: readonly string[] }
  | { readonly set: Readonly<Record<string, unknown>> }
  | { readonly rename: Readonly<Record<string, string>> }
  | { readonly remove: readonly string[] };

type Change = (payload: unknown) => unknown;

/** Keys that lead to what all objects share, once somebody assigns by them. */
const SHARED = new Set(['__proto__', 'prototype', 'constructor']);
const EXPECTED = 'one of { pick }, { set }, { rename } and { remove }';

/** Reads a step once. Throws OptionError at anything that is not one, and at paths by way of a prototype. */
export function compileStep(step: TransformStep, at: string): Change {
  const entries: readonly (readonly [string, unknown])[] =
    typeof step === 'object' && (step as unknown) !== null ? Object.entries(step) : [];
  const [name, wanted] = entries[0] ?? [];
  if (name === undefined || entries.length > 1) throw new OptionError(at, EXPECTED, step);
  const where = `${at}.${name}`;

  switch (name) {
    case 'pick': {
      const paths = pathsOf(wanted, where);
      return (payload) => {
        if (typeof payload !== 'object' || payload === null) throw new TransformError([], 'not an object');
        return pickPaths(payload, paths);
      };
    }
    case 'remove': {
      const paths = pathsOf(wanted, where);
      return (payload) => paths.reduce(removeAt, payload);
    }
    case 'set': {
      const values = recordOf(wanted, where).map(([path, value]) => ({ path: own(path, where), value }));
      return (payload) => values.reduce((changed, { path, value }) => setAt(changed, path, value), payload);
    }
    case 'rename': {
      const moves = recordOf(wanted, where).map(([from, to]) => ({ from: own(from, where), to: own(to, where) }));
      return (payload) =>
        moves.reduce((changed, { from, to }) => {
          const value = valueAt(from, changed);
          return value === undefined ? changed : setAt(removeAt(changed, from), to, value);
        }, payload);
    }
    default:
      throw new OptionError(at, EXPECTED, step);
  }
}

function pathsOf(given: unknown, at: string): readonly (readonly string[])[] {
  if (!Array.isArray(given)) throw new OptionError(at, 'a list of paths', given);
  return given.map((path) => own(path, at));
}

function recordOf(given: unknown, at: string): readonly (readonly [string, unknown])[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OptionError(at, 'an object whose keys are paths', given);
  }
  return Object.entries(given);
}

function own(path: unknown, at: string): readonly string[] {
  const steps = typeof path === 'string' ? stepsOf(path) : [];
  const isOwn = typeof path === 'string' && steps.length > 0 && !steps.some((step) => SHARED.has(step));
  if (!isOwn) throw new OptionError(at, 'paths below the payload, and not by way of a prototype', path);
  return steps;
}
