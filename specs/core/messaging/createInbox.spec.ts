import fc from 'fast-check';
import { concat, defer, ignoreElements, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createInbox } from '../../../lib/core/messaging/createInbox.ts';
import { inboxLaws } from '../../../lib/testing/inboxLaws.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';

describe('createInbox', () => {
  for (const law of inboxLaws(() => ({ inbox: createInbox() }))) it(law.name, law.check);

  it('Q13 forgets a key when its time is over, counted from when its work was done', () => {
    const seen: unknown[] = [];
    virtually((time) => {
      const inbox = createInbox({ maxAgeMs: 100 });
      const come = () => seen.push(...record(inbox.once('a', () => of('x'))).slice(0, 1));
      time.at(0, come);
      time.at(99, come);
      time.at(100, come);
    });
    expect(seen).toEqual([
      { answer: 'x', isKnown: false },
      { answer: 'x', isKnown: true },
      { answer: 'x', isKnown: false },
    ]);
  });

  it('Q13 forgets what was done first when there are too many keys', () => {
    const inbox = createInbox({ maxKeys: 2 });
    const isKnown = (key: string) => (record(inbox.once(key, () => of('')))[0] as { isKnown: boolean }).isKnown;
    expect(['a', 'b', 'a', 'c', 'b', 'a'].map(isKnown)).toEqual([false, false, true, false, true, false]);
  });

  it('Q13 may be asked again for a key from within its end', () => {
    const inbox = createInbox();
    const seen: unknown[] = [];
    inbox
      .once('a', () => throwError(() => new Error('no luck')))
      .subscribe({
        error: () => void inbox.once('a', () => of('again')).subscribe((done) => seen.push(done)),
      });
    inbox
      .once('b', () => of('b'))
      .subscribe(() => void inbox.once('b', () => of('other')).subscribe((done) => seen.push(done)));
    expect(seen).toEqual([
      { answer: 'again', isKnown: false },
      { answer: 'b', isKnown: true },
    ]);
  });

  it('Q13 has one effect per key, whatever fails and comes again, and whenever', () => {
    const delivery = fc.record({
      key: fc.constantFrom('a', 'b'),
      at: fc.nat(30),
      takes: fc.nat(10),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(delivery, { maxLength: 12 }), (deliveries) => {
        const effects = new Map<string, number>();
        const running = new Map<string, number>();
        virtually((time) => {
          const inbox = createInbox();
          for (const { key, at, takes, fails } of deliveries) {
            const work = () => {
              running.set(key, (running.get(key) ?? 0) + 1);
              expect(running.get(key)).toBe(1);
              const end = defer(() => {
                running.set(key, 0);
                if (fails) throw new Error('no luck');
                effects.set(key, (effects.get(key) ?? 0) + 1);
                return of('');
              });
              return concat(timer(takes).pipe(ignoreElements()), end);
            };
            time.at(at, () => void record(inbox.once(key, work)));
          }
        });
        for (const count of effects.values()) expect(count).toBe(1);
        for (const key of ['a', 'b']) {
          const own = deliveries.filter((each) => each.key === key);
          if (own.length > 0 && own.every(({ fails }) => !fails)) expect(effects.get(key)).toBe(1);
        }
      }),
      runs(),
    );
  });

  it.each([{ maxKeys: 0 }, { maxKeys: 1.5 }, { maxAgeMs: 0 }, { maxAgeMs: NaN }])('refuses %j', (options) => {
    expect(() => createInbox(options)).toThrow(OptionError);
  });
});
