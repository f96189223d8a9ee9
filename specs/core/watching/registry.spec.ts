import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Registration, RegistrySnapshot, Tombstone } from '../../../lib/contracts/registration.ts';
import { mergeCopies, type Copy } from '../../../lib/core/watching/copies.ts';
import { createObserver } from '../../../lib/core/watching/createObserver.ts';
import { Health } from '../../../lib/core/watching/health.ts';
import type { RegistrationRequest, RegistryLimits } from '../../../lib/core/watching/observer.ts';
import { Registry } from '../../../lib/core/watching/registry.ts';
import { settingsOf } from '../../../lib/core/watching/settings.ts';
import { Tombstones } from '../../../lib/core/watching/tombstones.ts';
import { registrationOf } from '../../../lib/testing/registryStoreProbes.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';
import { fakeNotifier } from './support/fakes.ts';
import { observing, options, outcome, registered, wanted } from './support/observing.ts';

const FAILURE_LIMIT = 2;

/** A registry of few ids and little room, and what becomes of its registrations. */
function createRegistry(
  limits: Partial<RegistryLimits> = {},
  changed: (ids: readonly string[]) => void = () => undefined,
) {
  let ids = 0;
  const settings = settingsOf(options({ limits, failureLimit: FAILURE_LIMIT }));
  const registry = new Registry(settings.limits, () => `new-${++ids}`, changed);
  return { registry, health: new Health(registry.state, settings) };
}

/** What a registration is to whoever looks at it. */
function sight({ id, owner, manager, queue, notify, minDepth = 1, failures, quarantinedUntil }: Registration) {
  return { id, owner, manager, queue, notify, minDepth, failures, isActive: quarantinedUntil === undefined };
}

type Sight = ReturnType<typeof sight>;

const id = fc.constantFrom('a', 'b', 'c', '__proto__');
const owner = fc.constantFrom('ann', 'bob');
const wish = fc.record({
  id: fc.option(id, { nil: undefined }),
  queue: fc.constantFrom('Q1', 'Q2'),
  minDepth: fc.constantFrom(1, 2),
});
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('register' as const), wish, owner }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unregister' as const), id, owner }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('unregisterAll' as const), queue: fc.constantFrom('Q1', 'Q2'), owner }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('flush' as const, 'snapshot' as const, 'saved' as const, 'load' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('fail' as const, 'succeed' as const, 'restore' as const), id }),
  },
);

describe('the registry', () => {
  it('O1 O3 O4 O5 is a map, under any interleaving of register, unregister, flush, fail, restore, save and load', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const limits = { maxPerOwner: 3, maxRegistrations: 4 };
        const { registry, health } = createRegistry(limits);
        const model = new Map<string, Sight>();
        let stored:
          | { readonly version: number; readonly snapshot: RegistrySnapshot; readonly model: Map<string, Sight> }
          | undefined;
        let versions = new Map<string, number>();

        for (const one of commands) {
          if (one.kind === 'register') {
            const request = wanted({ ...one.wish, id: one.wish.id });
            const alike = [...model.values()].filter((s) => s.owner === one.owner && s.queue === request.queue);
            const own = [...model.values()].filter((s) => s.owner === one.owner).length;
            const made = attempt(() => registry.register(request, one.owner));
            // Without an id it is about one of those that are alike: which of several, is not promised.
            const meant = alike.find((s) => typeof made !== 'string' && s.id === made.registration.id) ?? alike[0];
            const known = request.id === undefined ? meant : model.get(request.id);
            if (known && known.owner !== one.owner) expect(made).toBe('registration_taken');
            else if (!known && (own >= 3 || model.size >= 4)) expect(made).toBe('registration_limit');
            else {
              if (typeof made === 'string') throw new Error(made);
              const after = { ...sight(made.registration), failures: 0, isActive: true };
              const isUnchanged = known !== undefined && JSON.stringify(after) === JSON.stringify(known);
              expect(made.kind).toBe(known ? (isUnchanged ? 'unchanged' : 'replaced') : 'created');
              expect(after).toMatchObject({ queue: request.queue, minDepth: request.minDepth, owner: one.owner });
              model.set(after.id, after);
            }
          } else if (one.kind === 'unregister') {
            const made = attempt(() => registry.unregister({ id: one.id }, one.owner).length);
            expect(made).toBe(model.get(one.id)?.owner === one.owner ? 1 : 'unknown_registration');
            if (made === 1) model.delete(one.id);
          } else if (one.kind === 'unregisterAll') {
            const own = [...model.values()].filter((s) => s.owner === one.owner && s.queue === one.queue);
            const made = attempt(() => registry.unregister(wanted({ queue: one.queue }), one.owner).length);
            expect(made).toBe(own.length || 'unknown_registration');
            for (const gone of own) model.delete(gone.id);
          } else if (one.kind === 'flush') {
            expect(registry.flush()).toBe(model.size);
            model.clear();
          } else if (one.kind === 'snapshot') {
            stored = { ...registry.state.snapshot(), model: new Map(model) };
          } else if (one.kind === 'saved' || one.kind === 'load') {
            if (!stored) continue;
            if (one.kind === 'saved') registry.state.saved(stored.version);
            else registry.state.merge(JSON.parse(JSON.stringify(stored.snapshot)) as RegistrySnapshot); // of its own, older or the same
          } else if ('id' in one) {
            const entry = registry.state.index.get(one.id);
            const seen = model.get(one.id);
            if (!entry || !seen) continue;
            if (one.kind === 'fail') health.failed(entry, false);
            if (one.kind === 'succeed') health.succeeded(entry);
            if (one.kind === 'restore') health.restore(entry);
            const failures = seen.failures + 1;
            if (one.kind === 'fail' && seen.isActive)
              model.set(one.id, { ...seen, failures, isActive: failures < FAILURE_LIMIT });
            if (one.kind === 'succeed' && seen.isActive) model.set(one.id, { ...seen, failures: 0 });
            if (one.kind === 'restore' && !seen.isActive) model.set(one.id, { ...seen, failures: 0, isActive: true });
          }
          const found = registry.list().map(sight);
          expect(found).toEqual([...model.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
          for (const name of ['ann', 'bob'])
            expect(registry.list(name).map(sight)).toEqual(found.filter((s) => s.owner === name));
          const now = new Map(['a', 'b', 'c', '__proto__'].map((name) => [name, registry.state.versionOf(name)]));
          for (const [name, version] of versions) expect(now.get(name)).toBeGreaterThanOrEqual(version);
          versions = now;
        }
        // D1: clean means that what was saved is what is registered.
        if (stored && !registry.state.isDirty) expect(stored.model).toEqual(model);
      }),
      runs(1_000),
    );
  });

  it('O2 brings nothing back that was removed: not by a failure, a success, a restore, or an older state of the store', () => {
    const { registry, health } = createRegistry();
    registry.register(wanted({ id: 'a' }), 'me');
    const entry = registry.state.index.get('a')!;
    const older = registry.state.snapshot().snapshot;
    registry.unregister({ id: 'a' }, 'me');
    expect([health.failed(entry, false), health.failed(entry, true)]).toEqual(['ignored', 'ignored']);
    health.succeeded(entry);
    health.restore(entry);
    registry.state.merge(older);
    expect(registry.list()).toEqual([]);
    registry.register(wanted({ id: 'a' }), 'you');
    expect(health.failed(entry, true)).toBe('ignored'); // it is another one
    expect(registry.get('a')).toMatchObject({ owner: 'you', version: 3, failures: 0 });
  });

  it('O5 O6 shows changes to those who are called as a whole, and keeps what was read as it was', () => {
    const seen: number[] = [];
    const { registry } = createRegistry({}, (ids) => seen.push(ids.length, registry.list().length));
    for (let i = 0; i < 100; i++) registry.register(wanted({ id: `i${i}` }), 'me');
    const before = registry.list();
    seen.length = 0;
    expect(registry.flush()).toBe(100);
    expect(seen).toEqual([100, 0]);
    expect([before.length, registry.list().length]).toEqual([100, 0]);
    expect(registry.flush()).toBe(0);
  });

  it('O3 is idempotent for one owner and content, also without an id, and gives nothing away of others', () => {
    const { registry } = createRegistry();
    const first = registry.register(wanted(), 'me');
    expect(registry.register(wanted({ minDepth: 1, minGapMs: 0 }), 'me')).toEqual({ ...first, kind: 'unchanged' });
    expect(registry.register(wanted({ minDepth: 2 }), 'me')).toMatchObject({
      kind: 'replaced',
      registration: { id: first.registration.id },
    });
    expect(registry.register(wanted(), 'you')).toMatchObject({ kind: 'created' });
    expect(registry.register(wanted({ id: 'own' }), 'me')).toMatchObject({ kind: 'created' });
    expect(registry.get(first.registration.id, 'you')).toBeUndefined();
    const [foreign, unknown] = [first.registration.id, 'nobody'].map((id) =>
      attempt(() => registry.unregister({ id }, 'you')),
    );
    expect(foreign).toBe(unknown);
  });

  const fine = { id: 'a', manager: 'QM', queue: 'Q', notify: 'https://host/path' };
  it.each<[string, object, string]>([
    ['an empty id', { id: '' }, '/id'],
    ['an id with a space', { id: 'a b' }, '/id'],
    ['an id that is not ASCII', { id: 'é' }, '/id'],
    ['a long id', { id: 'x'.repeat(129) }, '/id'],
    ['no manager', { manager: undefined }, '/manager'],
    ['a manager of spaces', { manager: ' ' }, '/manager'],
    ['a queue with a line feed', { queue: 'a\nb' }, '/queue'],
    ['a queue with NUL', { queue: 'a\u0000' }, '/queue'],
    ['a queue with a right-to-left mark', { queue: 'a\u202eb' }, '/queue'],
    ['a queue with half a character', { queue: '\ud800' }, '/queue'],
    ['a queue of 256 characters', { queue: 'x'.repeat(256) }, '/queue'],
    ['a queue that is a number', { queue: 7 }, '/queue'],
    ['a target with a space', { notify: 'https://host/a b' }, '/notify'],
    ['a target of 2,049 characters', { notify: 'x'.repeat(2_049) }, '/notify'],
    ['a target that is an object', { notify: { toString: () => 'x' } }, '/notify'],
    ['a depth of 0', { minDepth: 0 }, '/minDepth'],
    ['a depth of 1.5', { minDepth: 1.5 }, '/minDepth'],
    ['a depth of a billion', { minDepth: 1e9 }, '/minDepth'],
    ['a gap below 0', { minGapMs: -1 }, '/minGapMs'],
    ['a gap of NaN', { minGapMs: NaN }, '/minGapMs'],
    ['a gap of 101 years', { minGapMs: 101 * 366 * 86_400_000 }, '/minGapMs'],
  ])('O4 D12 refuses %s, and changes nothing', (_, facts, at) => {
    const { registry } = createRegistry();
    const failure = failureOf(() => registry.register({ ...fine, ...facts }, 'me'));
    expect(failure).toMatchObject({ name: 'InvalidRegistrationError', faults: [{ at }] });
    expect(failure.message.length).toBeLessThan(250);
    expect([registry.state.version, registry.list()]).toEqual([0, []]);
  });

  it('O4 names every fault, and takes nothing but what it knows', () => {
    const { registry } = createRegistry();
    const failure = failureOf(() => registry.register({} as RegistrationRequest, ''));
    expect(failure.faults.map(({ at }: { at: string }) => at)).toEqual(['/owner', '/manager', '/queue', '/notify']);
    const { registration } = registry.register(
      { ...fine, extra: 1, failures: 9, owner: 'x' } as RegistrationRequest,
      'me',
    );
    expect(Object.keys(registration).sort()).toEqual(
      ['failures', 'healthVersion', 'id', 'manager', 'notify', 'owner', 'queue', 'updateTime', 'version'].sort(),
    );
    expect(registration).toMatchObject({ failures: 0, owner: 'me' });
  });

  it('bounds what it remembers of removals, in number and time', () => {
    const tombstones = new Tombstones({ maxTombstones: 3, tombstoneAgeMs: 100 });
    for (let i = 0; i < 5; i++) tombstones.add({ id: `${i}`, version: 1, removeTime: i * 10 });
    tombstones.add({ id: '2', version: 2, removeTime: 50 });
    expect(tombstones.list(130).map((one) => one.id)).toEqual(['3', '4', '2']);
    expect(tombstones.list(135).map((one) => one.id)).toEqual(['4', '2']);
    expect(tombstones.size).toBe(2);
  });

  it('lists 10,000 in the order of their ids', () => {
    virtually((time) => {
      const { observer } = observing(time, 10, { limits: { maxPerOwner: 10_000 } });
      for (let i = 0; i < 10_000; i++) registered(observer, { id: `i${(i * 7_919) % 10_000}` });
      const ids = observer.list().map((one) => one.id);
      expect(ids).toEqual([...ids].sort());
      expect(outcome(observer.register(wanted({ id: 'one-more' }), 'me')).error).toMatchObject({
        scope: 'owner',
        limit: 10_000,
      });
    });
  });
});

describe('two copies of an id', () => {
  const version = fc.integer({ min: 1, max: 3 });
  const registration = fc.record({
    version,
    healthVersion: fc.integer({ min: 0, max: 2 }),
    failures: fc.integer({ min: 0, max: 2 }),
  });
  const copy: fc.Arbitrary<Copy> = fc.oneof(
    registration.map((facts) => registrationOf('a', facts)),
    version.map((v): Tombstone => ({ id: 'a', version: v, removeTime: 1 })),
  );

  it('D10 come to the same whichever observer looks, and to the one they are when they are one', () => {
    fc.assert(
      fc.property(copy, copy, (one, other) => {
        const [a, b] = [mergeCopies(one, other, undefined).kept, mergeCopies(other, one, undefined).kept];
        expect({ ...a, updateTime: 0 }).toEqual({ ...b, updateTime: 0 });
        expect(mergeCopies(a, one, undefined).kept).toEqual(a);
        expect(mergeCopies(a, other, undefined).kept).toEqual(a);
      }),
      runs(500),
    );
  });

  it('D10 keep a change that is not saved, on top of what others saved, and no other', () => {
    const theirs = registrationOf('a', { version: 5, minDepth: 2 });
    const mine = registrationOf('a', { version: 4, minDepth: 3 });
    const gone: Tombstone = { id: 'a', version: 4, removeTime: 1 };
    const by = (who: 'owner' | 'flush' | 'failures', whose = 'law') => ({ at: 1, by: who, owner: whose });
    expect(mergeCopies(mine, theirs, by('owner'))).toEqual({ kept: { ...mine, version: 6 } });
    expect(mergeCopies(gone, theirs, by('owner'))).toEqual({ kept: { ...gone, version: 6 } });
    expect(mergeCopies(gone, theirs, by('flush', 'x'))).toEqual({ kept: { ...gone, version: 6 } });
    expect(mergeCopies(gone, theirs, by('failures'))).toEqual({ kept: theirs });
    expect(mergeCopies(gone, theirs, by('owner', 'somebody else'))).toEqual({ kept: theirs, lost: undefined });
    const foreign = { ...theirs, owner: 'somebody else' };
    expect(mergeCopies(mine, foreign, by('owner'))).toEqual({ kept: foreign, lost: mine });
  });
});

describe('options of an observer', () => {
  it.each<[object, string]>([
    [{ notifyIntervalMs: 0 }, 'notifyIntervalMs'],
    [{ persistIntervalMs: -1 }, 'persistIntervalMs'],
    [{ backoffMs: NaN }, 'backoffMs'],
    [{ backoffMs: Infinity }, 'backoffMs'],
    [{ failureLimit: 0 }, 'failureLimit'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ bulkheadConcurrency: 0 }, 'bulkheadConcurrency'],
    [{ notifyTimeoutMs: 0 }, 'notifyTimeoutMs'],
    [{ depthTimeoutMs: 0 }, 'depthTimeoutMs'],
    [{ storeTimeoutMs: 0 }, 'storeTimeoutMs'],
    [{ retry: { retries: -1 } }, 'retry.retries'],
    [{ retry: { delayMs: -1 } }, 'retry.delayMs'],
    [{ storeRetry: { maxDelayMs: NaN } }, 'storeRetry.maxDelayMs'],
    [{ limits: { maxRegistrations: 0 } }, 'limits.maxRegistrations'],
    [{ onBad: 'ignore' }, 'onBad'],
    [{ mode: 'none' }, 'mode'],
    [{ acknowledge: 'maybe' }, 'acknowledge'],
    [{ newId: 'x' }, 'newId'],
    [{ sources: [fakeSource(), fakeSource()] }, 'sources'],
  ])('%o are refused at once, by name', (given, option) => {
    expect(failureOf(() => createObserver(options(given)))).toMatchObject({ name: 'OptionError', option });
  });

  it('refuses a deadline that cannot be meant', () => {
    expect(() => createObserver(options({ notifiers: [fakeNotifier()] })).close({ deadlineMs: -1 })).toThrow(
      OptionError,
    );
  });
});

function fakeSource() {
  return { manager: 'QM', depths: () => [] };
}

/** The result of a call, or the code of the error it threw. */
function attempt<T>(call: () => T): T | string {
  try {
    return call();
  } catch (failure) {
    return (failure as { code: string }).code;
  }
}

function failureOf(call: () => unknown): any {
  try {
    call();
  } catch (failure) {
    return failure;
  }
  throw new Error('nothing was thrown');
}
