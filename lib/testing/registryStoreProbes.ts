import { lastValueFrom } from 'rxjs';
import type { Registration, RegistrySnapshot } from '../contracts/registration.ts';
import type { RegistryStore, StoredRegistry } from '../contracts/registryStore.ts';
import { ensure } from './law.ts';
import { showValue } from './showValue.ts';

/** Texts that the fields of a registration may be. */
export const FIELDS = [
  'a',
  ' a ',
  'APP.REQUEST.QUEUE',
  'https://user@host.example:8443/a?b=c&d=%20#e',
  'line\nend',
  '"quoted" \\ {"json":1}',
  '\u0000',
  '\u2028\u202e',
  'é',
  'e\u0301',
  '\u{1f600}',
  '\ud800',
  '__proto__',
  'constructor',
  'x'.repeat(2_048),
];

/** A snapshot of nothing. */
export const NOTHING: RegistrySnapshot = { registrations: [], tombstones: [] };

/** A registration that differs from others in its id, and in what is given. */
export function registrationOf(id: string, facts: Partial<Registration> = {}): Registration {
  const target = { owner: 'law', manager: 'QM1', queue: 'Q1', notify: 'https://host.example/told' };
  return { id, ...target, failures: 0, version: 1, healthVersion: 0, updateTime: 1, ...facts };
}

/** A snapshot of registrations with these ids. */
export function snapshotOf(...ids: readonly string[]): RegistrySnapshot {
  return { registrations: ids.map((id) => registrationOf(id)), tombstones: [] };
}

/** What a store has. */
export function loaded(store: RegistryStore): Promise<StoredRegistry> {
  return lastValueFrom(store.load());
}

/** The revision of what is saved. */
export function saved(store: RegistryStore, snapshot: RegistrySnapshot, revision?: string): Promise<string> {
  return lastValueFrom(store.save(snapshot, revision));
}

/** Which of the two it was; any other end breaks a law. */
export async function savedOrConflict(saving: Promise<string>): Promise<'saved' | 'conflict'> {
  try {
    await saving;
    return 'saved';
  } catch (failure) {
    ensure(codeOf(failure) === 'store_conflict', `a save ended in ${showValue(failure)}, not in a StoreConflictError`);
    return 'conflict';
  }
}

/** The `code` of an error. */
export function codeOf(failure: unknown): unknown {
  return failure instanceof Error && 'code' in failure ? failure.code : undefined;
}

/** Breaks a law unless the store has exactly that. Gives its revision. */
export async function keeps(
  store: RegistryStore,
  expected: RegistrySnapshot,
  after: string,
): Promise<string | undefined> {
  const { snapshot, revision, damage = [] } = await loaded(store);
  const [found, wanted] = [snapshot, expected].map(textOf);
  ensure(found === wanted, `${after}, and it gives ${showValue(found)} for ${showValue(wanted)}`);
  ensure(damage.length === 0, `${after}, and it reports ${showValue(damage[0])}`);
  return revision;
}

/** The JSON of a value, with its keys in order, and what has an id in the order of ids. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (Array.isArray(part))
      return part
        .map((one) => [idOf(one), one] as const)
        .sort(byId)
        .map(([, one]) => one as unknown);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function idOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '';
}

function byId([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}
