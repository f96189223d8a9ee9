import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decoder, shape, text } from '../codecs.ts';
import { managerName } from '../textCodecs.ts';

/** A registration that is there from the start. */
export interface SeedRegistration {
  readonly id?: string | undefined;
  readonly manager: string;
  readonly queue: string;
  readonly notify: string;
}

const MOST = 10_000;
const entry = decoder('a registration', (input, context) => {
  const decoded = shape({ qmgr: managerName, queue: text, notify: text }, { id: text }).validate(
    lowered(input),
    context,
  );
  if (isLeft(decoded)) return decoded;
  const { id, qmgr: manager, queue, notify } = decoded.right;
  return t.success<SeedRegistration>({ id, manager, queue, notify });
});
const entries = t.array(entry, 'a list of registrations');

/** The registrations of the variable `seeddata`: a JSON list, or an object with the list under mq_requests. */
export function readSeedData(data: string | undefined, problems: string[]): readonly SeedRegistration[] {
  if (data === undefined || data.trim() === '') return [];
  const decoded = entries.decode(listOf(data));
  if (isLeft(decoded)) {
    const at = [...new Set(decoded.left.map(({ context }) => context.map(({ key }) => key).join('/') || '/'))];
    problems.push(
      `seeddata must be a JSON list of { "id", "qmgr", "queue", "notify" }, or that list under mq_requests; see ${at.slice(0, 5).join(', ')}`,
    );
    return [];
  }
  if (decoded.right.length > MOST) problems.push(`seeddata has more than ${MOST} registrations`);
  return decoded.right;
}

function listOf(data: string): unknown {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'mq_requests' in value ? value.mq_requests : value;
  } catch {
    return undefined;
  }
}

/** Keys in any case, as in a request; what the real thing stores besides is left out. */
function lowered(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const known = Object.entries(input).map(([key, value]): [string, unknown] => [key.toLowerCase(), value]);
  return Object.fromEntries(known.filter(([key]) => ['id', 'qmgr', 'queue', 'notify'].includes(key)));
}
