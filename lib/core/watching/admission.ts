import type { Fault } from '../../contracts/failure.ts';
import { InvalidRegistrationError } from '../../contracts/observerFailure.ts';
import type { RegistrationRequest, RegistryLimits } from './observer.ts';

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const DEEPEST = 999_999_999;
const LONGEST_GAP_MS = 100 * 366 * 86_400_000;

/** Throws InvalidRegistrationError with a fault for each field that is not what it must be. Fields are only what they name. */
export function admitted(request: RegistrationRequest, owner: string, limits: RegistryLimits): RegistrationRequest {
  const { id, manager, queue, notify, minDepth, minGapMs } = request;
  const names = { owner, manager, queue };
  const faults = [
    ...(id === undefined ? [] : textFault('id', id, limits.maxIdLength, isId, 'visible ASCII characters')),
    ...Object.entries(names).flatMap(([name, text]) => textFault(name, text, limits.maxNameLength, isName, VISIBLE)),
    ...textFault('notify', notify, limits.maxTargetLength, isTarget, `${VISIBLE} without spaces`),
    ...(minDepth === undefined ? [] : numberFault('minDepth', minDepth, { least: 1, most: DEEPEST })),
    ...(minGapMs === undefined ? [] : numberFault('minGapMs', minGapMs, { least: 0, most: LONGEST_GAP_MS })),
  ];
  if (faults.length > 0) throw new InvalidRegistrationError(faults);
  return { id, manager, queue, notify, minDepth, minGapMs };
}

const VISIBLE = 'visible characters';

function isId(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function isName(text: string): boolean {
  return text !== '' && text.trim() === text && !INVISIBLE.test(text);
}

function isTarget(text: string): boolean {
  return isName(text) && !/\s/.test(text);
}

function textFault(
  field: string,
  value: unknown,
  most: number,
  isFine: (text: string) => boolean,
  what: string,
): readonly Fault[] {
  if (typeof value === 'string' && value.length <= most && isFine(value)) return [];
  return [{ at: `/${field}`, expected: `1 to ${most} ${what}`, found: found(value) }];
}

function numberFault(
  field: string,
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): readonly Fault[] {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return [];
  return [{ at: `/${field}`, expected: `an integer from ${least} to ${most}`, found: found(value) }];
}

function found(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'missing' : `a ${typeof value}`;
}
