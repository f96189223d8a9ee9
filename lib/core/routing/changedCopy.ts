import { TransformError } from './routingFailure.ts';

type Steps = readonly string[];

/** A copy with `value` where the steps lead. Shares with the original what is not on the way there. */
export function setAt(data: unknown, steps: Steps, value: unknown): unknown {
  return setFrom(data, steps, 0, value);
}

function setFrom(data: unknown, steps: Steps, depth: number, value: unknown): unknown {
  const step = steps[depth];
  if (step === undefined) return value;
  if (Array.isArray(data)) {
    const index = indexOf(step);
    if (index === undefined || index > data.length)
      throw new TransformError(steps.slice(0, depth + 1), 'no place in a list');
    const copy: unknown[] = data.slice();
    copy[index] = setFrom(copy[index], steps, depth + 1, value);
    return copy;
  }
  if (data !== undefined && !isObject(data)) throw new TransformError(steps.slice(0, depth), 'not an object');
  const inner = data !== undefined && Object.hasOwn(data, step) ? data[step] : undefined;
  return { ...data, [step]: setFrom(inner, steps, depth + 1, value) };
}

/** A copy without what the steps lead to; the original where they lead nowhere. */
export function removeAt(data: unknown, steps: Steps): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof data !== 'object' || data === null || !Object.hasOwn(data, step)) return data;
  if (Array.isArray(data)) {
    const index = indexOf(step);
    if (index === undefined) return data;
    return rest.length === 0 ? data.toSpliced(index, 1) : data.with(index, removeAt(data[index], rest));
  }
  const entries = Object.entries(data);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== step));
  return Object.fromEntries(entries.map(([key, part]) => [key, key === step ? removeAt(part, rest) : part]));
}

/** A copy of only what the paths lead to, in its place; of a list, the picked elements in their order. */
export function pickPaths(data: unknown, paths: readonly Steps[]): unknown {
  if (paths.some((path) => path.length === 0)) return data;
  if (typeof data !== 'object' || data === null) return undefined;
  const picked = Object.entries(data).flatMap(([key, part]) => {
    const below = paths.filter(([step]) => step === key).map((path) => path.slice(1));
    const value: unknown = below.length === 0 ? undefined : pickPaths(part, below);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Array.isArray(data) ? picked.map(([, part]) => part) : Object.fromEntries(picked);
}

function indexOf(step: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(step) ? Number(step) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
