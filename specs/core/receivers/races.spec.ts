import { setImmediate } from 'node:timers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Acknowledged, Acknowledgement } from '../../../lib/contracts/receiver.ts';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import { runs } from '../../support/seed.ts';

/** How often a route fails on an event before it succeeds, by route and event. */
const failures = fc.array(fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 4 });

describe('acknowledgements, whatever the order in which routes settle', () => {
  it('R4, R5 come once and last; nothing is cancelled by a nack, and a retry repeats no success', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        failures,
        fc.constantFrom(1, 2, Infinity),
        fc.boolean(),
        async (s, failures, concurrency, isNamed) => {
          const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders' });
          const calls = new Map<string, { called: number; settled: number; succeeded: number; aborted: number }>();
          failures.forEach((timesOf, i) => {
            const id = `route ${i}`;
            receiver.addRoute({
              id,
              concurrency,
              bufferSize: 100,
              async handle(event, { signal }) {
                const key = `${id} ${event}`;
                const count = calls.get(key) ?? { called: 0, settled: 0, succeeded: 0, aborted: 0 };
                calls.set(key, count);
                const isFailure = count.called++ < timesOf[event]!;
                await s.schedule(Promise.resolve(), key);
                count.settled++;
                if (signal.aborted && !isFailure) count.aborted++;
                if (isFailure) throw new Error(key);
                count.succeeded++;
              },
            });
          });

          const ends = new Map<number, Acknowledged[]>();
          const follow = (event: number, ack: Acknowledgement) => {
            ack.settled$.subscribe((end) => {
              ends.set(event, [...(ends.get(event) ?? []), end]);
              // Everybody who was handed the event has settled it.
              for (const [key, { called, settled }] of calls)
                if (key.endsWith(` ${event}`)) expect(settled).toBe(called);
              expect(end.outcomes.size).toBe(failures.length);
              if (end.kind === 'acked') return;
              const failed = [...end.outcomes].filter(([, outcome]) => outcome === 'failed').map(([id]) => id);
              expect(end.error).toMatchObject({ code: 'nacked', failures: { length: failed.length } });
              void s.schedule(Promise.resolve(), `retry ${event}`).then(() => {
                const again = isNamed ? receiver.next(event, { id: event }) : ack.retry();
                expect(again.id).toBe(ack.id);
                follow(event, again);
              });
            });
          };
          for (let event = 0; event < 6; event++)
            void s
              .schedule(Promise.resolve(), `next ${event}`)
              .then(() => follow(event, receiver.next(event, { id: isNamed ? event : undefined })));
          // A task may be scheduled some turns after the one that led to it.
          const isDone = () => [0, 1, 2, 3, 4, 5].every((event) => ends.get(event)?.at(-1)?.kind === 'acked');
          for (let turn = 0; turn < 10_000 && !isDone(); turn++) {
            await s.waitIdle();
            await new Promise(setImmediate);
          }

          for (let event = 0; event < 6; event++) {
            const worst = Math.max(...failures.map((times) => times[event]!));
            const kinds = ends.get(event)!.map(({ kind }) => kind);
            expect(kinds).toEqual([...Array<string>(worst).fill('nacked'), 'acked']);
            failures.forEach((times, i) => {
              const attempts = times[event]! + 1;
              expect(calls.get(`route ${i} ${event}`)).toEqual({
                called: attempts,
                settled: attempts,
                succeeded: 1,
                aborted: 0,
              });
            });
          }
          expect(receiver.stats()).toMatchObject({ acked: 6, pending: 0 });
          receiver.unsubscribe();
        },
      ),
      runs(200),
    );
  });
});

describe('routes that come and go, whatever the order in which they do', () => {
  it('R9, R10 an event ends at the routes that were there when it came, once at each, and at no other', async () => {
    const step = fc.record({
      what: fc.constantFrom('next', 'next', 'next', 'add', 'close', 'drain'),
      which: fc.nat(9),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 25 }), async (s, steps) => {
        const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders' });
        const live: string[] = []; // by the spec's own account
        const drained = new Set<string>();
        const handled: string[] = [];
        const ends = new Map<number, { readonly expected: readonly string[]; readonly told: Acknowledged[] }>();
        let added = 0;

        const add = (fails: boolean) => {
          const id = `route ${added++}`;
          live.push(id);
          receiver.addRoute({
            id,
            concurrency: 2,
            async handle(event) {
              handled.push(`${id} ${event}`);
              await s.schedule(Promise.resolve(), `${id} ${event}`);
              if (fails) throw new Error('no');
            },
          });
        };
        const leave = (what: 'close' | 'drain', id: string) => {
          live.splice(live.indexOf(id), 1);
          const route = receiver.routes().find((one) => one.id === id)!;
          if (what === 'close') route.close();
          else {
            drained.add(id);
            route.drain().subscribe();
          }
        };
        const next = (event: number) => {
          const told: Acknowledged[] = [];
          ends.set(event, { expected: [...live], told });
          receiver.next(event).settled$.subscribe((end) => told.push(end));
        };
        add(false);
        let left = steps.length;
        steps.forEach(({ what, which, fails }, i) => {
          void s.schedule(Promise.resolve(), `${what} ${i}`).then(() => {
            left--;
            const id = live[which % live.length];
            if (what === 'add') add(fails);
            else if (what === 'next') next(i);
            else if (id !== undefined) leave(what, id);
          });
        });
        for (let turn = 0; turn < 10_000 && (left > 0 || receiver.stats().pending > 0); turn++) {
          await s.waitIdle();
          await new Promise(setImmediate);
        }

        expect(new Set(handled).size).toBe(handled.length);
        for (const { expected, told } of ends.values()) {
          expect(told).toHaveLength(1);
          const { kind, outcomes } = told[0]!;
          expect([...outcomes.keys()].sort()).toEqual([...expected].sort());
          expect(kind).toBe([...outcomes.values()].every((outcome) => outcome === 'succeeded') ? 'acked' : 'nacked');
          for (const [id, outcome] of outcomes) if (drained.has(id)) expect(outcome).not.toBe('discarded');
        }
        expect(receiver.routes().map(({ id }) => id)).toEqual(live);
        receiver.unsubscribe();
      }),
      runs(150),
    );
  });
});
