import fc from 'fast-check';
import { lastValueFrom, NEVER, ObjectUnsubscribedError, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { ClosedError } from '../../../lib/contracts/deliveryFailure.ts';
import type { Ledger } from '../../../lib/core/topics/drained.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

describe('completion', () => {
  useVirtualTime();

  it('T20 a subscriber ends once, after all it holds has settled, and takes nothing afterwards', () => {
    const steps = fc.array(
      fc.record({ what: fc.constantFrom('publish', 'finish', 'fail', 'complete'), who: fc.nat({ max: 2 }) }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(steps, fc.boolean(), (steps, errs) => {
        const topic = new Topic<number>();
        const all = ['a', 'b', 'c'].map((id, i) => manual(topic, id, { concurrency: i + 1 }));
        const ends = all.map(() => 0);
        all.forEach(({ delivery }, i) =>
          delivery.ended$.subscribe({
            complete() {
              ends[i]!++;
              const { waiting, running, blocked } = delivery.stats();
              expect([waiting, running, blocked]).toEqual([0, 0, 0]);
            },
          }),
        );
        let isComplete = false;
        let published = 0;
        for (const { what, who } of steps) {
          if (what === 'publish') {
            if (isComplete) expect(() => topic.publish(0)).toThrow(ClosedError);
            else topic.publish(0);
            if (!isComplete) published++;
          } else if (what === 'finish') all[who]!.open()[0]?.succeed();
          else if (what === 'fail') all[who]!.open()[0]?.fail();
          else if (!isComplete) {
            isComplete = true;
            if (errs) topic.error(new Error('over'));
            else topic.complete();
          }
          all.forEach(({ delivery }, i) => {
            const { waiting, running } = delivery.stats();
            expect(ends[i]).toBe(Number(isComplete && waiting + running === 0));
          });
        }
        if (!isComplete) topic.complete();
        topic.next(1);
        for (const { calls, delivery } of all) {
          expect(calls.every(({ value }) => value === 0)).toBe(true);
          expect(delivery.stats().offered).toBe(published);
        }
      }),
      runs(),
    );
  });

  it('T20 what a handler published before it completed the topic still goes out', () => {
    const topic = new Topic<string>();
    const log: string[] = [];
    topic.subscribe({ next: (value) => log.push(`observer ${value}`), complete: () => log.push('observer complete') });
    const delivery = topic.deliver({
      id: 's',
      handle(value) {
        log.push(value);
        if (value !== 'a') return;
        topic.next('b');
        topic.complete();
        // eslint-disable-next-line rxjs-x/no-redundant-notify -- that it changes nothing is what this is about
        topic.next('c');
        expect(() => topic.publish('d')).toThrow(ClosedError);
      },
    });
    delivery.ended$.subscribe({ complete: () => log.push('ended') });
    topic.next('a');

    expect(log).toEqual(['observer a', 'a', 'observer b', 'b', 'ended', 'observer complete']);
  });

  it('T20 a subscriber that is paused ends when it was resumed and is done', () => {
    const topic = new Topic<number>();
    const ends: string[] = [];
    const delivery = topic.deliver({ id: 's', handle: () => {} });
    delivery.ended$.subscribe({ complete: () => ends.push('ended') });
    delivery.pause();
    topic.next(1);
    topic.complete();
    expect(ends).toEqual([]);

    delivery.resume();
    expect(ends).toEqual(['ended']);
    expect(delivery.stats().succeeded).toBe(1);
  });

  it('X8, X9 publish throws ClosedError, and deliver does, too', () => {
    for (const end of ['complete', 'error', 'unsubscribe'] as const) {
      const topic = new Topic<number>({ name: 'orders' });
      if (end === 'error') topic.error(new Error('over'));
      else topic[end]();

      for (const call of [() => topic.publish(1), () => topic.deliver({ id: 's', handle: () => {} })]) {
        let thrown: unknown;
        try {
          call();
        } catch (error) {
          thrown = error;
        }
        expect(thrown, end).toBeInstanceOf(ClosedError);
        expect(thrown, end).toMatchObject({ name: 'ClosedError', code: 'closed', what: 'orders' });
      }
      if (end === 'unsubscribe') expect(() => topic.next(1)).toThrow(ObjectUnsubscribedError);
      else expect(() => topic.next(1)).not.toThrow();
    }
  });

  it('errors$ and alerts$ complete when the topic has, and its last subscriber ended', () => {
    for (const end of ['complete', 'unsubscribe'] as const) {
      for (const attached of [0, 1]) {
        const topic = new Topic<number>();
        const log: string[] = [];
        topic.errors$.subscribe({ complete: () => log.push('errors') });
        topic.alerts$.subscribe({ complete: () => log.push('alerts') });
        const { open } = attached === 1 ? manual(topic, 's') : { open: () => [] };
        topic.next(1);
        topic[end]();
        if (attached === 1 && end === 'complete') expect(log).toEqual([]);
        open()[0]?.succeed();

        expect(log, `${end}, ${attached}`).toEqual(['errors', 'alerts']);
      }
    }
  });

  it('unsubscribe ends everything at once, from within a handler, too, and hurts no other publication', () => {
    const topic = new Topic<string>();
    const log: string[] = [];
    topic.subscribe((value) => log.push(value));
    const outcomes: string[] = [];
    topic.deliver({
      id: 's',
      handle(value) {
        if (value !== 'a') return;
        topic.publish('b').settled$.subscribe({ complete: () => outcomes.push('b settled') });
        topic.complete();
        // eslint-disable-next-line rxjs-x/no-redundant-notify -- it discards what completion would wait for
        topic.unsubscribe();
      },
    });
    const other = manual(topic, 'other');
    topic.publish('a').settled$.subscribe(({ subscriber, outcome }) => outcomes.push(`${subscriber} ${outcome}`));

    expect(log).toEqual(['a']);
    expect(other.calls).toEqual([]);
    expect(outcomes).toEqual(['b settled', 's discarded']);
    expect(topic.deliveries()).toEqual([]);
  });

  it('close waits for what is held, and gives the account', async () => {
    const topic = new Topic<number>();
    topic.deliver({ id: 'quick', handle: () => {} });
    topic.deliver({ id: 'slow', handle: () => timer(100) });
    for (let n = 0; n < 3; n++) topic.next(n);
    const ledgers: Ledger[] = [];
    topic.close().subscribe((ledger) => ledgers.push(ledger));
    vi.advanceTimersByTime(299);
    expect(ledgers).toEqual([]);

    vi.advanceTimersByTime(1);
    expect(ledgers).toHaveLength(1);
    expect(ledgers[0]!.subscribers.get('quick')).toMatchObject({ offered: 3, succeeded: 3 });
    expect(ledgers[0]!.subscribers.get('slow')).toMatchObject({ offered: 3, succeeded: 3, discarded: 0 });
    expect(vi.getTimerCount()).toBe(0);
    await expect(lastValueFrom(topic.close())).resolves.toEqual({ subscribers: new Map() });
  });

  it('close discards at the deadline what is not done, and every account adds up', () => {
    const held = fc.array(fc.record({ ms: fc.nat({ max: 60 }), fails: fc.boolean() }), { maxLength: 12 });
    fc.assert(
      fc.property(held, fc.nat({ max: 80 }), fc.integer({ min: 1, max: 3 }), (held, deadlineMs, concurrency) => {
        const topic = new Topic<number>();
        for (const id of ['a', 'b']) {
          topic.deliver({
            id,
            concurrency,
            retry: { retries: 1, delayMs: 5 },
            handle: (n) => (held[n]!.fails ? Promise.reject(new Error('no')) : timer(held[n]!.ms)),
          });
        }
        topic.deliver({ id: 'stuck', handle: () => NEVER });
        for (const n of held.keys()) topic.next(n);
        const ledgers: Ledger[] = [];
        topic.close({ deadlineMs }).subscribe((ledger) => ledgers.push(ledger));
        vi.advanceTimersByTime(deadlineMs);

        expect(ledgers).toHaveLength(1);
        for (const { offered, succeeded, failed, discarded, waiting, running } of ledgers[0]!.subscribers.values()) {
          expect(succeeded + failed + discarded).toBe(offered);
          expect([offered, waiting, running]).toEqual([held.length, 0, 0]);
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
      runs(),
    );
  });

  it('close does nothing before it is subscribed to, and refuses a deadline that makes no sense', () => {
    const topic = new Topic<number>();
    void topic.close();
    expect(() => topic.publish(1)).not.toThrow();
    expect(() => topic.close({ deadlineMs: -1 })).toThrow(OptionError);
    expect(() => topic.close({ deadlineMs: NaN })).toThrow(OptionError);
  });

  it('whoever leaves a close lets it go on without a deadline, and leaves no timer', () => {
    const topic = new Topic<number>();
    const { delivery } = manual(topic, 's');
    topic.next(1);
    topic.close().subscribe().unsubscribe();

    expect(vi.getTimerCount()).toBe(0);
    expect(delivery.stats().running).toBe(1);
  });
});
