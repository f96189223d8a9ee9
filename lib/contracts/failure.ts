import type { Problem } from './codec.ts';

/** One problem of outside data: a JSON pointer, what was expected there, and what was found. */
export interface Fault {
  readonly at: string;
  readonly expected: string;
  readonly found: string;
}

/** Outside data that is not what its codec asks for. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code = 'not_decodable';
  readonly where: string;
  readonly faults: readonly Fault[];

  constructor(where: string, faults: readonly Fault[]) {
    super(`${where}: ${faults.map(({ at, expected, found }) => `${at} must be ${expected}, not ${found}`).join('; ')}`);
    this.where = where;
    this.faults = faults;
  }
}

/** A text that is not what its format asks for, with the line where it stops making sense (counted from 1). */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly code = 'bad_format';
  readonly where: string;
  readonly line: number;

  constructor(where: string, line: number, problem: string, options?: ErrorOptions) {
    super(`${where}:${line}: ${problem}`, options);
    this.where = where;
    this.line = line;
  }
}

/** The other side could not be reached: worth another try. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly code = 'unreachable';
  readonly where: string;

  constructor(where: string, reason: string, options?: ErrorOptions) {
    super(`cannot reach ${where}: ${reason}`, options);
    this.where = where;
  }
}

/** The other side said no: trying again would get the same answer. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code = 'refused';
  readonly where: string;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(where: string, reason: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(`${where} refused: ${reason}`, options);
    this.where = where;
    this.status = options.status;
  }
}

const CHOICES = new Set(['IntersectionType', 'UnionType']);

/** One fault per problem, at the place a reader of the data would look. */
export function faultsOf(problems: readonly Problem[]): readonly Fault[] {
  return problems.map(({ context, value }) => ({
    at: pointer(context),
    expected: context.at(-1)?.type.name ?? 'something else',
    found: found(value),
  }));
}

function pointer(context: Problem['context']): string {
  const steps = context.filter(({ key }, i) => i > 0 && key !== '' && !CHOICES.has(tagOf(context[i - 1]?.type)));
  return '/' + steps.map(({ key }) => key.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
}

function tagOf(type: object | undefined): string {
  return type !== undefined && '_tag' in type && typeof type._tag === 'string' ? type._tag : '';
}

function found(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'number' || typeof value === 'boolean' || value === null
    ? String(value)
    : `a ${typeof value}`;
}
