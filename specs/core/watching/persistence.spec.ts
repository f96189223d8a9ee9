import fc from 'fast-check';
import { map, NEVER, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryRegistryStore } from '../../../lib/adapters/memory/memoryRegistryStore.ts';
import { RefusedError, UnreachableError } from '../../../lib/contracts/failure.ts';
import type { Registration, RegistrySnapshot } from '../../../lib/contracts/registration.ts';
import { createObserver } from '../../../lib/core/watching/createObserver.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';
import { fakeNotifier, fakeStore } from './support/fakes.ts';
import { observing, options, outcome, registered, wanted } from './support/observing.ts';

const broken = () => throwError(() => new UnreachableError('the disk', 'it is full'));

/** What a memory store has at this moment. */
function contentOf(store: ReturnType<typeof memoryRegistryStore>): RegistrySnapshot {
  let content: RegistrySnapshot | undefined;
  store.load().subscribe(({ snapshot }) => (content = snapshot));
  return content!;
}

const idsOf = ({ registrations }: RegistrySnapshot) => registrations.map(({ id }) => id).sort();

/** A store that has these registrations. */
function storeOf(...registrations: readonly Partial<Registration>[]) {
  const store = memoryRegistryStore();
  const all = registrations.map((facts, i) => ({
    ...{ id: `s${i}`, owner: 'me', manager: 'QM', queue: 'Q', notify: 'host/ok' },
    ...{ failures: 0, version: 1, healthVersion: 0, updateTime: 1, ...facts },
  }));
  store.save({ registrations: all, tombstones: [] }, undefined).subscribe();
  return store;
}

describe('what is registered, and what is saved', () => {
  it('D1 saves at once what is registered as soon as the observer is ready', () => {
    virtually((time) => {
      const observer = createObserver(options({ store: memoryRegistryStore() }));
      let durability: string | undefined;
      observer.state$.subscribe((state) => {
        if (state !== 'ready') return;
        observer.register(wanted({ id: 'a' }), 'me').subscribe((made) => (durability = made.durability));
      });
      const running = observer.run().subscribe();
      time.at(1, () => {
        expect(durability).toBe('saved');
        running.unsubscribe();
      });
    });
  });

  it('D1 D2 D4 D6 D13 answers when it is saved, saves what came meanwhile together, one save at a time', () => {
    virtually((time) => {
      const inner = memoryRegistryStore();
      const store = fakeStore({ before: (action) => (action === 'save' ? timer(100) : undefined) }, inner);
      const { observer } = observing(time, 5_000, { store });
      const answers = Array.from({ length: 4 }, (_, i) => i).map((i) => {
        const seen: { at?: number; durability?: string } = {};
        time.at(i * 30, () => {
          observer.register(wanted({ id: `i${i}` }), 'me').subscribe(({ durability }) => {
            Object.assign(seen, { at: time.now(), durability });
          });
        });
        return seen;
      });
      time.at(50, () => expect(observer.stats().store).toMatchObject({ dirty: true, version: 2, savedVersion: 0 }));
      time.at(150, () => expect(observer.stats().store).toMatchObject({ dirty: true, version: 4, savedVersion: 1 }));
      time.at(300, () => {
        expect(answers.map(({ at }) => at)).toEqual([100, 200, 200, 200]);
        expect(answers.every(({ durability }) => durability === 'saved')).toBe(true);
        expect(store).toMatchObject({ saves: 2, mostRunning: 1 });
        expect(observer.stats().store).toMatchObject({ dirty: false, version: 4, savedVersion: 4, saves: 2 });
        expect(idsOf(contentOf(inner))).toEqual(['i0', 'i1', 'i2', 'i3']);
      });
    });
  });

  it('D6 answers pending at once, where that is wanted, and saves within the interval', () => {
    virtually((time) => {
      const inner = memoryRegistryStore();
      const { observer } = observing(time, 20_000, { store: fakeStore({}, inner), acknowledge: 'pending' });
      expect(registered(observer, { id: 'a' }).durability).toBe('pending');
      time.at(9_999, () => expect(idsOf(contentOf(inner))).toEqual([]));
      time.at(10_001, () => expect(idsOf(contentOf(inner))).toEqual(['a']));
    });
  });

  it('says that nothing is kept where there is no store', () => {
    virtually((time) => {
      const { observer } = observing(time, 100);
      expect(registered(observer).durability).toBe('memory');
      expect(observer.stats().store).toBeUndefined();
    });
  });

  it.each<[string, () => Observable<unknown>, string, number]>([
    ['fails', broken, 'the disk', 1_500],
    ['hangs', () => NEVER, 'no answer within 30000 ms', 30_500],
    [
      'throws',
      () => {
        throw new TypeError('a bug');
      },
      'a bug',
      1_500,
    ],
  ])(
    'D2 D3 D14 stays dirty when a save %s, tells it, answers pending, and tries again, less and less often',
    (_, fail, words, lookMs) => {
      virtually((time) => {
        const inner = memoryRegistryStore();
        const store = fakeStore({ before: (action, n) => (action === 'save' && n <= 4 ? fail() : undefined) }, inner);
        const { observer, errors } = observing(time, 500_000, { store, notifyIntervalMs: 400_000 });
        const first = outcome(observer.register(wanted({ id: 'a' }), 'me'));
        time.at(lookMs, () => {
          expect(first).toMatchObject({ values: [{ kind: 'created', durability: 'pending' }], isDone: true });
          expect(registered(observer, { id: 'b' }).durability).toBe('pending');
          expect(observer.stats().store).toMatchObject({ dirty: true, saves: 0 });
          expect(observer.stats().store!.lastError).toContain(words);
        });
        time.at(399_000, () => {
          expect(errors).toHaveLength(4);
          expect(errors[0]).toMatchObject({ name: 'RegistryStoreError', action: 'save', store: 'the fake store' });
          expect(observer.stats().store).toMatchObject({ dirty: false, saves: 1, failures: 4, lastError: undefined });
          expect(idsOf(contentOf(inner))).toEqual(['a', 'b']);
          expect(registered(observer, { id: 'c' }).durability).toBe('saved');
        });
      });
    },
  );

  it('D3 waits twice as long after each failure, up to a bound', () => {
    virtually((time) => {
      const times: number[] = [];
      const store = fakeStore({ before: (action) => (action === 'save' ? broken() : undefined) });
      const { observer } = observing(time, 60_000, { store, storeRetry: { delayMs: 1_000, maxDelayMs: 10_000 } });
      observer.errors$.subscribe(() => times.push(time.now()));
      observer.register(wanted(), 'me').subscribe();
      time.at(50_000, () => expect(times.slice(0, 6)).toEqual([0, 1_000, 3_000, 7_000, 15_000, 25_000]));
    });
  });

  it('D9 is not ready while the store cannot be read, writes nothing, and tries again', () => {
    virtually((time) => {
      const inner = storeOf({ id: 'kept' });
      const refused = () => throwError(() => new RefusedError('the bucket', 'status 403', { status: 403 }));
      const store = fakeStore({ before: (action, n) => (action === 'load' && n <= 3 ? refused() : undefined) }, inner);
      const { observer, errors } = observing(time, 60_000, { store });
      const refusedCall = outcome(observer.register(wanted(), 'me'));
      expect(refusedCall.error).toMatchObject({ name: 'ObserverUnavailableError', state: 'loading' });
      time.at(6_900, () => {
        expect(observer.stats()).toMatchObject({ state: 'loading', registrations: 0, totals: { cycles: 0 } });
        expect(store.saves).toBe(0);
      });
      time.at(7_100, () => {
        expect(observer.stats()).toMatchObject({ state: 'ready', registrations: 1 });
        expect(errors).toHaveLength(3);
        expect(errors[0]).toMatchObject({ action: 'load', cause: { status: 403 } });
        expect(registered(observer, { id: 'new' }).durability).toBe('saved');
        expect(idsOf(contentOf(inner))).toEqual(['kept', 'new']);
      });
    });
  });

  it('D8 tells of damage, and saves what it has anew', () => {
    virtually((time) => {
      const inner = storeOf({ id: 'old' });
      const damage = [new Error('a bit was flipped')];
      const store = fakeStore(
        {},
        {
          ...inner,
          load: () => inner.load().pipe(map((stored) => ({ ...stored, damage: store.loads === 1 ? damage : [] }))),
        },
      );
      const { errors } = observing(time, 15_000, { store, notifyIntervalMs: 60_000 });
      time.at(11_000, () => {
        expect(errors[0]).toMatchObject({ name: 'RegistryDamageError', cause: { message: 'a bit was flipped' } });
        expect(store.saves).toBe(1);
      });
    });
  });

  it('D9 D10 knows a save that took effect though its answer was lost', () => {
    virtually((time) => {
      const inner = memoryRegistryStore();
      const store = fakeStore({ after: (action, n) => (action === 'save' && n === 1 ? broken() : undefined) }, inner);
      const { observer } = observing(time, 60_000, { store });
      const answer = outcome(observer.register(wanted({ id: 'a' }), 'me'));
      time.at(5_000, () => {
        expect(answer.values).toMatchObject([{ durability: 'pending' }]);
        expect(observer.stats().store).toMatchObject({ dirty: false });
        expect(store.saves).toBe(1);
        expect(contentOf(inner).registrations).toMatchObject([{ id: 'a', version: 1 }]);
      });
    });
  });

  it('N7 N8 D11 goes on with quarantines where they were, and believes none that is too long', () => {
    virtually((time) => {
      const quarantined = { failures: 3, notify: 'host/500' };
      const store = storeOf(
        { id: 'soon', ...quarantined, quarantinedUntil: 1_000 + 5_000 },
        { id: 'over', ...quarantined, quarantinedUntil: 10 },
        { id: 'mad', ...quarantined, quarantinedUntil: 1e15 },
      );
      const { observer } = observing(time, 80_000, { store, notifyIntervalMs: 100_000 });
      const until = () => ['soon', 'over', 'mad'].map((id) => observer.get(id)?.failures);
      const seen: unknown[] = [];
      for (const ms of [1, 4_999, 5_001, 59_999, 60_001]) time.at(ms, () => seen.push(until()));
      time.at(70_000, () =>
        expect(seen).toEqual([
          [3, 0, 3],
          [3, 0, 3],
          [0, 0, 3],
          [0, 0, 3],
          [0, 0, 0],
        ]),
      );
    });
  });

  it('D11 keeps what a later version has added, through changes', () => {
    virtually((time) => {
      const added = { colour: 'red' };
      const inner = storeOf({ id: 'a', notify: 'host/500', ...added });
      const store = fakeStore({}, inner);
      const { observer } = observing(time, 15_000, { store });
      registered(observer, { id: 'b', queue: 'other' });
      time.at(14_000, () => {
        expect(contentOf(inner).registrations).toMatchObject([{ id: 'a', failures: 3, colour: 'red' }, { id: 'b' }]);
      });
    });
  });

  it('D13 saves once more when it is closed, by the deadline, also while it waits after a failure', () => {
    virtually((time) => {
      const inner = memoryRegistryStore();
      const store = fakeStore({ before: (action, n) => (action === 'save' && n < 2 ? broken() : undefined) }, inner);
      const { observer } = observing(time, 120_000, { store, storeRetry: { delayMs: 60_000, maxDelayMs: 60_000 } });
      observer.register(wanted({ id: 'a' }), 'me').subscribe();
      time.at(5_000, () => {
        const closing = outcome(observer.close());
        expect(closing).toMatchObject({ values: [{ saved: true, cutOff: 0 }], isDone: true });
        expect(idsOf(contentOf(inner))).toEqual(['a']);
        expect(outcome(observer.register(wanted(), 'me')).error).toMatchObject({ state: 'closed' });
        expect(outcome(observer.close()).values).toEqual(closing.values);
        expect(time.timers()).toBe(1); // that of this spec
      });
    });
  });

  it('D13 X3 closes by the deadline whatever hangs, and says what was cut off and what is not saved', () => {
    virtually((time) => {
      const notifier = fakeNotifier();
      const store = fakeStore({ before: (action) => (action === 'save' ? NEVER : undefined) });
      const { observer } = observing(time, 120_000, { store, notifiers: [notifier], notifyTimeoutMs: 60_000 });
      observer.register(wanted({ notify: 'host/hang' }), 'me').subscribe();
      let closing: ReturnType<typeof outcome> | undefined;
      time.at(2_000, () => (closing = outcome(observer.close({ deadlineMs: 3_000 }))));
      time.at(4_999, () => expect(closing!.isDone).toBe(false));
      time.at(5_001, () => {
        expect(closing).toMatchObject({ values: [{ saved: false, cutOff: 1 }], isDone: true });
        expect(observer.stats()).toMatchObject({ state: 'closed', inFlight: 0 });
        expect([notifier.running, store.running, time.timers()]).toEqual([0, 0, 1]);
      });
    });
  });

  it('lets notifications in flight end when it is closed, starts none, and counts what they come to', () => {
    virtually((time) => {
      const inner = memoryRegistryStore();
      const notifier = fakeNotifier();
      const { observer } = observing(time, 60_000, { store: inner, notifiers: [notifier], concurrency: 1 });
      for (const id of ['a', 'b']) registered(observer, { id, notify: `host/later` });
      let closed = -1;
      time.at(1_020, () => {
        observer.close().subscribe({ complete: () => (closed = time.now()) });
      });
      time.at(2_000, () => {
        expect(closed).toBe(1_050);
        expect(notifier.told.map(({ registration }) => registration.id)).toEqual(['a']);
      });
    });
  });

  it('closes at once what never ran, and what does not run any more', () => {
    virtually((time) => {
      const { observer, running } = observing(time, 1_000);
      running.unsubscribe();
      expect(observer.stats().state).toBe('idle');
      expect(outcome(observer.close())).toMatchObject({ values: [{ saved: true, cutOff: 0 }], isDone: true });
      expect(outcome(observer.run())).toMatchObject({ isDone: true });
    });
  });

  it('runs again where it was left', () => {
    virtually((time) => {
      const { observer, running, reports } = observing(time, 100_000, { store: memoryRegistryStore() });
      registered(observer, { id: 'a' });
      running.unsubscribe();
      expect(outcome(observer.register(wanted(), 'me')).error).toMatchObject({ state: 'loading' });
      const again = observer.run().subscribe();
      expect(registered(observer, { id: 'b' }).durability).toBe('saved');
      time.at(1_500, () => {
        expect(reports).toMatchObject([{ told: 2 }]);
        again.unsubscribe();
      });
    });
  });
});

describe('two observers on one store', () => {
  it('D10 see what the other one saved within an interval, and lose nothing that was acknowledged', () => {
    virtually((time) => {
      const inner = memoryRegistryStore();
      const [one, two] = [0, 1].map(() => observing(time, 60_000, { store: fakeStore({}, inner) }).observer);
      const saved = [one!, two!, one!].map((observer, i) =>
        outcome(observer.register(wanted({ id: 'abc'[i], queue: `Q${i}` }), 'me')),
      );
      time.at(10, () => {
        expect(saved.map(({ values }) => values[0]!.durability)).toEqual(['saved', 'saved', 'saved']);
        expect(idsOf(contentOf(inner))).toEqual(['a', 'b', 'c']);
        two!.unregister({ id: 'a' }, 'me').subscribe();
      });
      time.at(10_500, () => {
        for (const observer of [one!, two!]) expect(observer.list().map(({ id }) => id)).toEqual(['b', 'c']);
      });
    });
  });

  it('O3 give an id to the owner whose registration was saved first, and tell the other one', () => {
    virtually((time) => {
      const inner = memoryRegistryStore();
      const [one, two] = [0, 1].map(() => observing(time, 60_000, { store: fakeStore({}, inner) }));
      registered(one!.observer, { id: 'a' }, 'first');
      const second = outcome(two!.observer.register(wanted({ id: 'a' }), 'second'));
      time.at(5_000, () => {
        expect(second).toMatchObject({ values: [], error: { name: 'RegistrationTakenError', id: 'a' } });
        expect(two!.errors).toMatchObject([{ name: 'RegistrationLostError', registration: { owner: 'second' } }]);
        expect(two!.observer.get('a')).toMatchObject({ owner: 'first' });
      });
    });
  });

  it('O2 D10 agree with a map in the order of saves, over any changes, also when answers of the store are lost', () => {
    const action = fc.record({
      who: fc.integer({ min: 0, max: 1 }),
      kind: fc.constantFrom('register', 'register', 'unregister', 'flush'),
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      minDepth: fc.integer({ min: 1, max: 3 }),
      isLost: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        virtually((time) => {
          const inner = memoryRegistryStore();
          const model = new Map<string, number>();
          let isLost = false;
          const after = (call: string) => (call === 'save' && isLost ? broken() : undefined);
          const observers = [0, 1].map(() => {
            const store = fakeStore({ after }, inner);
            return observing(time, 1_000_000, { store, notifyIntervalMs: 2_000_000, persistIntervalMs: 60_000 })
              .observer;
          });
          const act = ({ who, kind, id, minDepth }: (typeof actions)[number]): void => {
            const observer = observers[who]!;
            const known = observer.list().map((registration) => registration.id);
            if (kind === 'register') {
              observer.register(wanted({ id, minDepth }), 'me').subscribe((answer) => {
                if (answer.kind !== 'unchanged') model.set(id, minDepth); // else it says what is known here
              });
            } else if (kind === 'unregister') {
              observer.unregister({ id }, 'me').subscribe({ next: () => model.delete(id), error: () => undefined });
            } else {
              observer.flush().subscribe(({ count }) => {
                expect(count).toBe(known.length);
                for (const one of known) model.delete(one);
              });
            }
          };
          actions.forEach((one, i) => {
            time.at((i + 1) * 20_000, () => {
              isLost = one.isLost;
              act(one);
            });
          });
          time.at(899_000, () => (isLost = false));
          time.at(999_000, () => {
            for (const observer of observers) {
              const found = observer.list().map((registration) => [registration.id, registration.minDepth]);
              expect(found).toEqual([...model].sort());
              expect(observer.stats().store!.dirty).toBe(false);
            }
          });
        });
      }),
      runs(100),
    );
  });
});
