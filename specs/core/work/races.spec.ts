import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Overflow } from '../../../lib/contracts/delivery.ts';
import { hasEnded, type Job, type JobMessage, type JobOperationState } from '../../../lib/contracts/job.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import type { WorkLedger } from '../../../lib/core/work/workEngine.ts';
import { runs } from '../../support/seed.ts';
import { useVirtualTime } from '../topics/support/virtualTime.ts';

const kind = fc.constantFrom('promise', 'asyncIterable', 'rejects', 'sends', 'never');
const act = fc.record({
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constant('start' as const) },
    { weight: 3, arbitrary: fc.constant('cancel' as const) },
    { weight: 1, arbitrary: fc.constant('stop' as const) },
  ),
  /** Of few tokens, so that some are used twice. */
  token: fc.constantFrom('a', 'b', 'c'),
  kind,
});
const subscriber = fc.record({
  overflow: fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'block', 'park'),
  bufferSize: fc.nat(3),
  fails: fc.boolean(),
});

/** Lets everything happen that is due, timers and promises. */
const turn = () => vi.advanceTimersByTimeAsync(1);

describe('whatever the order in which jobs, subscribers, cancels and stops come about', () => {
  useVirtualTime();

  it.each(['perJob', 'perTopic'] as const)(
    'W2, W4, W5, W6, W8, W9, X3 every promise is kept (%s)',
    async (channels) => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.array(act, { minLength: 1, maxLength: 8 }),
          fc.array(subscriber, { maxLength: 2 }),
          async (s, acts, subscribers) => {
            const engine = createWorkEngine<number>({ topics: ['t'], newToken: () => 'none', maxRunning: 2, channels });
            const told: JobMessage<number>[] = [];
            const heard: JobMessage<number>[][] = subscribers.map(() => []);
            const overlaps: unknown[] = [];
            const stops = new Set<Promise<WorkLedger>>();
            const signals: { readonly signal: AbortSignal; readonly token: string; readonly run: number }[] = [];
            let accepted = 0;
            let isStopped = false;
            let ranLate = 0;
            let ledger: WorkLedger | undefined;

            engine.messages$.subscribe((message) => {
              expect(ledger).toBeUndefined();
              told.push(message);
            });
            subscribers.forEach(({ fails, ...contract }, i) => {
              const running = new Set<string>();
              engine.attach('t', {
                ...contract,
                id: `s${i}`,
                async handle(message) {
                  if (running.has(message.token)) overlaps.push(message);
                  running.add(message.token);
                  heard[i]!.push(message);
                  await s.schedule(Promise.resolve(), `s${i} ${message.token} ${message.sequence}`);
                  running.delete(message.token);
                  if (fails && message.sequence % 2 === 0) throw new Error('no');
                },
              });
            });

            const runOf =
              (what: (typeof acts)[number]['kind'], token: string, run: number): Job<number>['run'] =>
              ({ signal, send }): Promise<number> | AsyncGenerator<number> => {
                if (isStopped) ranLate++;
                signals.push({ signal, token, run });
                const step = (n: number): Promise<number> => s.schedule(Promise.resolve(n), `${token} ${n}`);
                if (what === 'promise') return step(1);
                if (what === 'rejects') return step(1).then(() => Promise.reject<number>(new Error('no')));
                if (what === 'never') return new Promise<number>(() => undefined);
                if (what === 'sends') {
                  return step(1).then((first) => {
                    send(first);
                    return step(2);
                  });
                }
                return (async function* (): AsyncGenerator<number> {
                  for (let n = 1; n <= 3; n++) yield await step(n);
                })();
              };
            const attempt = ({ what, token, kind }: (typeof acts)[number]) => {
              if (what === 'cancel') {
                const before = engine.lastOperation(token);
                expect(engine.cancel(token)).toBe(before !== undefined && !hasEnded(before));
              } else if (what === 'stop') {
                isStopped = true;
                stops.add(engine.stop({ deadlineMs: 0, mode: 'abort' }));
                void [...stops][0]!.then((account) => (ledger = account));
              } else {
                // W2: exactly one of those that live at the same time; the other one changes nothing.
                const counts = engine.ledger().jobs;
                const before = engine.lastOperation(token);
                const isLive = before !== undefined && !hasEnded(before);
                try {
                  engine.start({ topic: 't', token, run: runOf(kind, token, accepted) });
                  expect(isLive || isStopped).toBe(false);
                  accepted++;
                } catch (refusal) {
                  expect((refusal as { code: unknown }).code).toBe(isStopped ? 'stopped' : 'duplicate_token');
                  expect(isStopped || isLive).toBe(true);
                  expect(engine.lastOperation(token)).toBe(before);
                  expect(engine.ledger().jobs).toEqual(counts);
                }
              }
            };
            // What the acts throw fails the property: they are settled where nobody swallows it.
            const done = acts.map((one, i) =>
              s.schedule(Promise.resolve(), `act ${i} ${one.what}`).then(() => attempt(one)),
            );
            const settle = async () => {
              for (let idle = 0; idle < 3;) {
                if (s.count() > 0) await s.waitNext(1);
                else idle++;
                await turn();
              }
            };
            await Promise.all([settle(), ...done]);
            attempt({ what: 'stop', token: 'a', kind: 'never' });
            await settle();

            // W9: one promise for all. W8: it has resolved, nothing is left, and nothing was started any more.
            expect(stops.size).toBe(1);
            expect(ledger).toBeDefined();
            expect(ranLate).toBe(0);
            const { jobs, messages, subscribers: accounts } = ledger!;
            const { started, queued, running, ...ends } = jobs;
            expect([started, queued, running]).toEqual([accepted, 0, 0]);
            expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(accepted);
            expect(messages.published).toBe(told.length);

            // W4, W5, W6: per run of a token numbers without a gap, one end, and nothing after it.
            const lives: JobMessage<number>[][] = [];
            const open = new Map<string, JobMessage<number>[]>();
            for (const message of told) {
              if (message.sequence === 1) {
                expect(open.has(message.token)).toBe(false);
                const life: JobMessage<number>[] = [];
                open.set(message.token, life);
                lives.push(life);
              }
              const life = open.get(message.token)!;
              life.push(message);
              expect(message.sequence).toBe(life.length);
              if (message.kind === 'state' && hasEnded(message.operation)) open.delete(message.token);
            }
            expect(open.size).toBe(0);
            expect(lives).toHaveLength(accepted);
            const endings: JobOperationState[] = lives.map((life) => {
              const last = life.at(-1)!;
              return last.kind === 'state' ? last.operation.state : 'running';
            });
            for (const [end, count] of Object.entries(ends)) {
              expect(endings.filter((state) => state === end)).toHaveLength(count);
            }

            // W5: in order at every subscriber, one at a time, and each message once.
            expect(overlaps).toEqual([]);
            for (const all of heard) {
              const order = all.map((message) => told.indexOf(message));
              for (const token of ['a', 'b', 'c']) {
                const own = order.filter((at) => told[at]!.token === token);
                expect(own).toEqual([...new Set(own)].sort((x, y) => x - y));
              }
            }
            for (const { stats } of accounts) {
              const { offered, succeeded, failed, dropped, parked, refused, discarded } = stats;
              expect(offered).toBe(told.length);
              expect(succeeded + failed + dropped + parked + refused + discarded).toBe(offered);
            }
            // X3: whoever was cut off knows, and nothing is left.
            expect(vi.getTimerCount()).toBe(0);
            const runsOfSucceeded = endings.filter((state) => state === 'succeeded').length;
            expect(signals.filter(({ signal }) => !signal.aborted).length).toBeLessThanOrEqual(runsOfSucceeded);
          },
        ),
        runs(300),
      );
    },
  );
});
