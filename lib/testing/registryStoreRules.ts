import { ensure } from './law.ts';
import {
  codeOf,
  FIELDS,
  keeps,
  loaded,
  NOTHING,
  registrationOf,
  saved,
  savedOrConflict,
  snapshotOf,
} from './registryStoreProbes.ts';
import type { RegistryStoreSubject } from './registryStoreSubject.ts';
import { showValue } from './showValue.ts';

/** Rejects when a store of the place, which is empty, breaks it. */
type Rule = (place: RegistryStoreSubject) => Promise<void>;

/** What every store of registrations keeps. */
export const registryStoreRules: Readonly<Record<string, Rule>> = {
  'gives nothing, without a revision, where nothing was saved': async (place) => {
    const revision = await keeps(place.open(), NOTHING, 'it is new');
    ensure(revision === undefined, `it is new, and has the revision ${showValue(revision)}`);
  },

  'tells nothing that was saved from nothing': async (place) => {
    const store = place.open();
    const revision = await saved(store, NOTHING);
    const found = await keeps(store, NOTHING, 'nothing was saved');
    ensure(found !== undefined, 'an empty registry was saved, and it has no revision');
    ensure(found === revision, `it has the revision ${showValue(found)}, and the save gave ${showValue(revision)}`);
  },

  'does nothing before it is subscribed to': async (place) => {
    const store = place.open();
    void store.save(snapshotOf('a'), undefined);
    const revision = await keeps(store, NOTHING, 'save was called, and nobody has subscribed');
    ensure(revision === undefined, 'save was called, nobody has subscribed, and there is a revision');
  },

  'gives back what was saved, whatever is in it': async (place) => {
    const all = FIELDS.map((text, i) =>
      registrationOf(`${i}`, { owner: text, manager: text, queue: text, notify: text, version: i + 1 }),
    );
    const times = { quarantinedUntil: 4_858_675_200_000.5, updateTime: 0.25, minDepth: 999_999_999, minGapMs: 1 };
    const registrations = [...all, registrationOf('times', { ...times, failures: 10, healthVersion: 2 ** 52 })];
    const tombstones = FIELDS.map((id, i) => ({ id: `t${id}`, version: i, removeTime: i }));
    await saved(place.open(), { registrations, tombstones });
    await keeps(place.open(), { registrations, tombstones }, 'all sorts of registrations were saved');
  },

  'gives back what a later version has added': async (place) => {
    const added = JSON.parse('{"colour":"red","deep":{"list":[1,null,{"a":"b"}]},"__proto__":{"x":1}}') as object;
    const snapshot = {
      added,
      registrations: [{ ...registrationOf('a'), added }],
      tombstones: [{ id: 'b', version: 2, removeTime: 3, added }],
    };
    await saved(place.open(), snapshot);
    await keeps(place.open(), snapshot, 'a snapshot with properties that are not known was saved');
  },

  'replaces what was saved, and gives each state a revision of its own': async (place) => {
    const store = place.open();
    const revisions = [await saved(store, snapshotOf('a', 'b'))];
    for (const id of ['c', 'd', 'c', 'a']) revisions.push(await saved(store, snapshotOf(id), revisions.at(-1)));
    await keeps(store, snapshotOf('a'), 'other registrations were saved before');
    ensure(new Set(revisions).size === 5, `5 saves gave the revisions ${showValue(revisions)}`);
  },

  'refuses a save on another state than the one it has with StoreConflictError, and keeps that': async (place) => {
    const store = place.open();
    const ends = [await savedOrConflict(saved(store, snapshotOf('x'), 'no-such-revision'))];
    const first = await saved(store, snapshotOf('a'));
    ends.push(await savedOrConflict(saved(store, snapshotOf('x'))));
    const second = await saved(store, snapshotOf('b'), first);
    ends.push(await savedOrConflict(saved(store, snapshotOf('x'))));
    ends.push(await savedOrConflict(saved(store, snapshotOf('x'), first)));
    ends.push(await savedOrConflict(saved(place.open(), snapshotOf('x'), first)));
    ensure(!ends.includes('saved'), `saves on states that are gone ended so: ${ends.join(', ')}`);
    const revision = await keeps(store, snapshotOf('b'), 'all other saves were refused');
    ensure(revision === second, 'a save that was refused has changed the revision');
  },

  'lets exactly one of several save that begin with the same state': async (place) => {
    let revision: string | undefined;
    for (let round = 0; round < 5; round++) {
      const names = ['a', 'b', 'c', 'd'].map((name) => `${name}${round}`);
      const saves = names.map((name) => savedOrConflict(saved(place.open(), snapshotOf(name), revision)));
      const ends = await Promise.all(saves);
      const winners = names.filter((_, i) => ends[i] === 'saved');
      ensure(winners.length === 1, `4 saved at once, and so many were saved: ${winners.length}`);
      revision = await keeps(place.open(), snapshotOf(winners[0]!), 'it was saved, and others were refused');
    }
  },

  'keeps and gives copies': async (place) => {
    const store = place.open();
    const registrations = [registrationOf('a')];
    await saved(store, { registrations, tombstones: [] });
    registrations.push(registrationOf('b'));
    const { snapshot } = await loaded(store);
    (snapshot.registrations as unknown[]).length = 0;
    await keeps(store, snapshotOf('a'), 'what was saved and what was given has been changed');
  },

  'refuses what JSON cannot carry with NotJsonError, and keeps what it had': async (place) => {
    const store = place.open();
    const revision = await saved(store, snapshotOf('a'));
    for (const updateTime of [NaN, Infinity, 1n as unknown as number]) {
      const bad = { registrations: [registrationOf('b', { updateTime })], tombstones: [] };
      const failure = await saved(store, bad, revision).catch((error: unknown) => error);
      ensure(codeOf(failure) === 'not_json', `a time of ${showValue(updateTime)} ended in ${showValue(failure)}`);
    }
    await keeps(store, snapshotOf('a'), 'only what JSON cannot carry was saved since');
  },

  'has one of two states after a save that was given up': async (place) => {
    const store = place.open();
    let revision: string | undefined = await saved(store, snapshotOf('a'));
    for (let i = 0; i < 5; i++) {
      store.save(snapshotOf('b'), revision).subscribe().unsubscribe();
      await savedOrConflict(saved(store, snapshotOf('c'), revision)); // it comes after that one, or finds it done
      const { snapshot, revision: found } = await loaded(store);
      const ids = snapshot.registrations.map(({ id }) => id).join();
      ensure(ids === 'b' || ids === 'c', `b was given up, c was saved, and it has ${showValue(ids)}`);
      revision = await saved(store, snapshotOf('a'), found);
    }
    await keeps(place.open(), snapshotOf('a'), 'saves were given up, and this one was not');
  },

  'keeps thousands of registrations': async (place) => {
    const snapshot = snapshotOf(...Array.from({ length: 5_000 }, (_, i) => `id-${i}`));
    await saved(place.open(), snapshot);
    await keeps(place.open(), snapshot, '5,000 registrations were saved');
  },
};
