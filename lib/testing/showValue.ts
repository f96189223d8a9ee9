const MAX_LENGTH = 100;
const MAX_DEPTH = 4;
const MAX_ENTRIES = 20;

/** A value on one line, short enough to stand in a message. */
export function showValue(value: unknown): string {
  const text = show(value, 0);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 3)}...` : text;
}

function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return `Date ${Number.isNaN(value.getTime()) ? 'NaN' : value.toISOString()}`;
  if (depth === MAX_DEPTH) return '...';
  return showParts(value, depth + 1);
}

function showParts(value: object, depth: number): string {
  if (Array.isArray(value) || value instanceof Set) {
    const list = listed([...(value as Iterable<unknown>)], (part) => show(part, depth));
    return value instanceof Set ? `Set [${list}]` : `[${list}]`;
  }
  const entries = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  const inner = listed(
    entries,
    ([key, part]) => `${typeof key === 'string' ? key : show(key, depth)}: ${show(part, depth)}`,
  );
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  const name = prototype === null || prototype === Object.prototype ? '' : `${prototype.constructor?.name ?? ''} `;
  return inner === '' ? `${name}{}` : `${name}{ ${inner} }`;
}

function listed<T>(parts: readonly T[], inWords: (part: T) => string): string {
  const shown = parts.slice(0, MAX_ENTRIES).map(inWords);
  if (parts.length > MAX_ENTRIES) shown.push(`${parts.length - MAX_ENTRIES} more`);
  return shown.join(', ');
}
