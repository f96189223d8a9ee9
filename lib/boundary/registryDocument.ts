import * as t from 'io-ts';
import { DecodeError, FormatError } from '../contracts/failure.ts';
import type { Registration, RegistrySnapshot, Tombstone } from '../contracts/registration.ts';
import { canonicalJson } from './canonicalJson.ts';
import { decode } from './decode.ts';

/** What computes a digest: a `Hash` of `node:crypto`, say. */
export interface Digest {
  update(data: string | Uint8Array): unknown;
  digest(encoding: 'hex'): string;
}

/** Work that can be interrupted between two steps, so that it does not hold everything else up. */
export type Steps<T> = Generator<undefined, T, undefined>;

const KIND = 'rxfan.registry';
const FORMAT = '1.0';
const READABLE = /^1\.\d{1,6}$/; // later ones add, and change nothing
const COUNTED = ['registrations', 'tombstones'];
const LINES_PER_STEP = 500;
const BYTES_PER_STEP = 1024 ** 2;
const LONGEST_SEAL = 200;

const Count = t.refinement(t.number, (value) => Number.isSafeInteger(value) && value >= 0, 'a count');
const Finite = t.refinement(t.number, Number.isFinite, 'a finite number');
const RegistrationLine = t.intersection([
  t.type({ id: t.string, owner: t.string, manager: t.string, queue: t.string, notify: t.string }),
  t.type({ failures: Count, version: Count, healthVersion: Count, updateTime: Finite }),
  t.partial({ minDepth: Finite, minGapMs: Finite, quarantinedUntil: Finite }),
]);
const TombstoneLine = t.type({ id: t.string, version: Count, removeTime: Finite });
const Header = t.type({ kind: t.literal(KIND), format: t.string, registrations: Count, tombstones: Count });

/**
 * The text in which a registry is kept, in pieces: a line with its format and how much of what it has, a line for each
 * registration and each tombstone, and a line that seals it: how many bytes there are before, and their digest. Throws
 * NotJsonError on what cannot be kept.
 *
 * @example
 * const text = [...writeRegistry(snapshot, createHash('sha256'))].join('');
 */
export function* writeRegistry(snapshot: RegistrySnapshot, digest: Digest): Generator<string, void, undefined> {
  const { registrations, tombstones, format, ...others } = snapshot as RegistrySnapshot & { readonly format?: unknown };
  const counts = { registrations: registrations.length, tombstones: tombstones.length };
  const header = {
    ...others,
    kind: KIND,
    format: typeof format === 'string' && READABLE.test(format) ? format : FORMAT,
    ...counts,
  };
  let bytes = 0;
  for (const piece of pieces([header, ...registrations, ...tombstones])) {
    digest.update(piece);
    bytes += byteLength(piece);
    yield piece;
  }
  yield seal(bytes, digest.digest('hex'));
}

/**
 * Reads what {@link writeRegistry} wrote, in steps. Throws FormatError or DecodeError when a bit of it is different. What a
 * later version of the same format has added is kept in what it gives, under the names it has.
 *
 * @example
 * const snapshot = inOneGo(readRegistry('the state', bytes, createHash('sha256')));
 */
export function* readRegistry(where: string, bytes: Uint8Array, digest: Digest): Steps<RegistrySnapshot> {
  const body = yield* sealedBody(where, bytes, digest);
  const lines = linesOf(where, new TextDecoder().decode(body));
  const header = decode(Header, lines.next().value, where);
  const { format, registrations: count, tombstones: removed } = header;
  if (!READABLE.test(format)) throw new FormatError(where, 1, `its format ${format} is not known here`);
  const registrations: Registration[] = [];
  const tombstones: Tombstone[] = [];
  let at = 1;
  for (const line of lines) {
    const place = `${where}:${++at}`;
    if (at - 2 < count) registrations.push(decode(RegistrationLine, line, place));
    else tombstones.push(decode(TombstoneLine, line, place));
    if (at % LINES_PER_STEP === 0) yield;
  }
  if (registrations.length !== count || tombstones.length !== removed)
    throw new FormatError(where, at, 'it is cut off');
  const ours = format === FORMAT ? [...COUNTED, 'kind', 'format'] : [...COUNTED, 'kind'];
  const others = Object.entries(header).filter(([name]) => !ours.includes(name));
  return { ...Object.fromEntries(others), registrations, tombstones };
}

/** Takes all steps. */
export function inOneGo<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Whether an error says that a text is not as it was written, rather than that it could not be read. */
export function isDamage(failure: unknown): failure is FormatError | DecodeError {
  return failure instanceof FormatError || failure instanceof DecodeError;
}

function* pieces(parts: readonly unknown[]): Generator<string> {
  for (let from = 0; from < parts.length; from += LINES_PER_STEP) {
    yield parts
      .slice(from, from + LINES_PER_STEP)
      .map((part) => canonicalJson(part) + '\n')
      .join('');
  }
}

/** All before the seal, once it is the one that belongs to it. */
function* sealedBody(where: string, bytes: Uint8Array, digest: Digest): Steps<Uint8Array> {
  if (bytes.length === 0) throw new FormatError(where, 1, 'it is empty');
  const end = bytes.lastIndexOf(LINE_FEED, -2) + 1;
  if (bytes.length - end > LONGEST_SEAL) throw new FormatError(where, 1, 'it is cut off');
  const body = bytes.subarray(0, end);
  for (let from = 0; from < body.length; from += BYTES_PER_STEP) {
    digest.update(body.subarray(from, from + BYTES_PER_STEP));
    yield;
  }
  const found = new TextDecoder().decode(bytes.subarray(end));
  if (found !== seal(body.length, digest.digest('hex'))) {
    throw new FormatError(where, 1, 'its content is not what was written: it is cut off, or was changed');
  }
  return body;
}

const LINE_FEED = 10;

function seal(bytes: number, sha256: string): string {
  return JSON.stringify({ bytes, sha256 }) + '\n';
}

function* linesOf(where: string, text: string): Generator<unknown, undefined> {
  let from = 0;
  for (let line = 1; from < text.length; line++) {
    const end = text.indexOf('\n', from);
    try {
      yield JSON.parse(text.slice(from, end));
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new FormatError(where, line, 'it is not JSON', { cause });
    }
    from = end + 1;
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
