import { DecodeError, type Fault } from '../../contracts/failure.ts';

/** What one member of an envelope must be. */
interface Member {
  readonly expected: string;
  readonly isMet: (value: unknown) => boolean;
}

const ID: Member = { expected: '1 to 128 characters of printable ASCII', isMet: matches(/^[\x21-\x7e]{1,128}$/) };
const NAME: Member = { expected: 'words with dots between, of at most 255 characters', isMet: isName };

const REQUIRED: Readonly<Record<string, Member>> = {
  id: ID,
  type: NAME,
  source: { expected: '1 to 255 characters of printable ASCII', isMet: matches(/^[\x21-\x7e]{1,255}$/) },
  time: { expected: 'a time in ms', isMet: (value) => Number.isSafeInteger(value) && Number(value) >= 0 },
  correlationId: ID,
  version: {
    expected: 'an integer of at least 1',
    isMet: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  },
};
const OPTIONAL: Readonly<Record<string, Member>> = {
  causationId: ID,
  tenant: { expected: '1 to 255 characters', isMet: matches(/^[^\p{Cc}\p{Cs}]{1,255}$/u) },
  traceparent: { expected: '1 to 128 characters of printable ASCII', isMet: matches(/^[\x20-\x7e]{1,128}$/) },
  tracestate: { expected: '1 to 512 characters of printable ASCII', isMet: matches(/^[\x20-\x7e]{1,512}$/) },
};
const MEMBERS: Readonly<Record<string, Member>> = { ...REQUIRED, ...OPTIONAL };

/**
 * Throws DecodeError unless these are the members of an envelope and no others: a message that names an address for the
 * answer to it, say, is not obeyed by halves.
 */
export function checkEnvelope(members: Readonly<Record<string, unknown>>, where: string): void {
  const faults: Fault[] = [];
  for (const name of Object.keys(REQUIRED)) if (!Object.hasOwn(members, name)) faults.push(fault(name, 'missing'));
  for (const [name, value] of Object.entries(members)) {
    if (name === 'data' || (value === undefined && Object.hasOwn(OPTIONAL, name))) continue;
    if (!Object.hasOwn(MEMBERS, name)) faults.push({ at: pointerTo(name), expected: 'left out', found: 'a member' });
    else if (!MEMBERS[name]!.isMet(value)) faults.push(fault(name, inShort(value)));
  }
  if (faults.length > 0) throw new DecodeError(where, faults.slice(0, 20));
}

function fault(name: string, found: string): Fault {
  return { at: pointerTo(name), expected: MEMBERS[name]!.expected, found };
}

function pointerTo(name: string): string {
  return `/${name.slice(0, 60)}`;
}

function inShort(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : typeof value;
}

function matches(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 255 && /^[\w-]+(?:\.[\w-]+)*$/.test(value);
}
