import { concatMap, delay, EMPTY, map, of, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryRegistryStore } from '../../lib/adapters/memory/memoryRegistryStore.ts';
import type { RegistryStore } from '../../lib/contracts/registryStore.ts';
import { registryStoreLaws } from '../../lib/testing/registryStoreLaws.ts';

/** The laws that a store breaks. */
async function broken(change: (store: RegistryStore) => Partial<RegistryStore>): Promise<readonly string[]> {
  const create = () => {
    const store = memoryRegistryStore();
    const changed = { ...store, ...change(store) };
    return { open: () => changed };
  };
  const results = await Promise.all(
    registryStoreLaws(create).map(async ({ name, check }) => ({
      name,
      isKept: await Promise.resolve(check()).then(
        () => true,
        () => false,
      ),
    })),
  );
  return results.filter(({ isKept }) => !isKept).map(({ name }) => name);
}

/** A store that saves whatever it had. */
function overwriting(store: RegistryStore): Partial<RegistryStore> {
  return { save: (snapshot) => store.load().pipe(concatMap(({ revision }) => store.save(snapshot, revision))) };
}

describe('registryStoreLaws', () => {
  it.each<[string, (store: RegistryStore) => Partial<RegistryStore>, RegExp]>([
    ['forgets everything', () => ({ save: () => of('1') }), /gives back what was saved, whatever/],
    ['gives no revision', () => ({ save: () => EMPTY }), /nothing that was saved from nothing/],
    ['overwrites', overwriting, /on another state than the one it has/],
    ['lets several win', overwriting, /exactly one of several/],
    [
      'starts at the call',
      (store) => ({
        save: (snapshot, revision) => {
          store.save(snapshot, revision).subscribe({ error: () => undefined });
          return EMPTY;
        },
      }),
      /before it is subscribed/,
    ],
    [
      'has a revision of nothing',
      (store) => ({
        load: () => store.load().pipe(map((stored) => ({ ...stored, revision: stored.revision ?? '0' }))),
      }),
      /where nothing was saved/,
    ],
    [
      'keeps only what it knows',
      (store) => ({
        save: ({ registrations, tombstones }, revision) => store.save({ registrations, tombstones }, revision),
      }),
      /a later version has added/,
    ],
    [
      'loses tombstones',
      (store) => ({ save: (snapshot, revision) => store.save({ ...snapshot, tombstones: [] }, revision) }),
      /whatever is in it/,
    ],
    [
      'keeps what it is given',
      (store) => {
        let kept: Parameters<RegistryStore['save']>[0] | undefined;
        return {
          save: (snapshot, revision) => store.save(snapshot, revision).pipe(tap(() => (kept = snapshot))),
          load: () => store.load().pipe(map((stored) => ({ ...stored, snapshot: kept ?? stored.snapshot }))),
        };
      },
      /copies/,
    ],
    [
      'bends what JSON cannot carry',
      (store) => ({
        save: ({ registrations, ...rest }, revision) =>
          store.save(
            {
              ...rest,
              registrations: registrations.map((one) => ({ ...one, updateTime: one.updateTime || 0 })),
            },
            revision,
          ),
      }),
      /JSON cannot carry/,
    ],
    [
      'reports damage where there is none',
      (store) => ({ load: () => store.load().pipe(map((stored) => ({ ...stored, damage: [new Error('so')] }))) }),
      /replaces what was saved/,
    ],
    [
      'is too small',
      (store) => ({
        save: ({ registrations, ...rest }, revision) =>
          store.save({ ...rest, registrations: registrations.slice(0, 1_000) }, revision),
      }),
      /thousands/,
    ],
  ])('notices a store that %s', async (_, change, law) => {
    expect((await broken(change)).some((name) => law.test(name))).toBe(true);
  });

  it('is content with a slow one', async () => {
    expect(await broken((store) => ({ load: () => store.load().pipe(delay(1)) }))).toEqual([]);
  });
});
