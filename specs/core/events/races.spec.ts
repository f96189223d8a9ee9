import fc from 'fast-check';
import { retry } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../lib/contracts/operation.ts';
import { createAppliedIds } from '../../../lib/core/events/createAppliedIds.ts';
import { createBus } from '../../../lib/core/events/createBus.ts';
import { createOperations } from '../../../lib/core/events/createOperations.ts';
import { createInbox } from '../../../lib/core/messaging/createInbox.ts';
import { runs } from '../../support/seed.ts';
import { countedIds, Deposit, Deposited, messages, RefusedDepositError } from './support/account.ts';
import { exploringBroker } from './support/exploringBroker.ts';

const client = fc.record({
  /** Which command: those of one key are the same. */
  key: fc.nat({ max: 2 }),
  api: fc.nat({ max: 1 }),
  asks: fc.constantFrom('outcome', 'view'),
});
const chances = fc.infiniteStream(fc.nat({ max: 3 }));

describe('submit, outcome and subscription in every order', () => {
  it('C1, C2, C3, C9, Q13 leave nobody waiting, miss nothing and do nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(client, { minLength: 1, maxLength: 5 }),
        chances,
        fc.boolean(),
        async (scheduler, clients, chance, hasFaults) => {
          let left = hasFaults ? 6 : 0; // faults that may still happen
          const happens = () => left > 0 && chance.next().value === 0 && left-- > 0;
          const broker = exploringBroker(scheduler, {
            isDoubled: happens,
            isConfirmLost: happens,
            isConsumerLost: happens,
          });
          const step = (what: string) => scheduler.schedule(Promise.resolve(), what);
          const carriedOut: string[] = [];
          const shown: string[] = [];
          const view = createAppliedIds();
          const inbox = createInbox();

          for (const process of ['p1', 'p2']) {
            const transport = broker.connect();
            const bus = createBus({ service: 'bank', transport, messages, inbox, newId: countedIds(process) });
            bus.handle(Deposit, {
              concurrency: 2,
              handle: async ({ account, amount }, { publish, message }) => {
                await step(`carry out ${message.id}`);
                if (amount < 0) throw new RefusedDepositError(account);
                carriedOut.push(message.id);
                await new Promise<void>((resolve, reject) =>
                  publish(Deposited, { account, amount }).subscribe({ complete: resolve, error: reject }),
                );
              },
            });
            bus.on(Deposited, {
              id: 'view',
              handle: async ({ account }, { message }) => {
                await step(`show ${account}`);
                shown.push(message.id);
                view.applied(message.correlationId);
              },
            });
            bus.consume().subscribe();
          }

          await scheduler.waitIdle(); // what nobody is bound to yet is not missed, but lost

          const apis = [0, 1].map((i) => {
            const operations = createOperations({
              service: `api${i}`,
              transport: broker.connect(),
              messages,
              newId: countedIds(`q${i}`),
              idOfKey: (_, key) => key,
            });
            const changes: string[] = [];
            operations.changes$.subscribe(({ operation }) => changes.push(`${operation.id} ${operation.state}`));
            operations.consume().subscribe();
            return { operations, changes };
          });

          const heard = clients.map(({ key, api, asks }): { end?: Operation; count: number; failure?: unknown } => {
            const all: { end?: Operation; count: number; failure?: unknown } = { count: 0 };
            const { operations } = apis[api]!;
            const data = { account: `a${key}`, amount: key === 2 ? -1 : key };
            void step('a client comes').then(() => {
              operations
                .submit(Deposit, data, { idempotencyKey: `k${key}` })
                .pipe(retry({ count: 10, delay: () => step('submit again') }))
                .subscribe({
                  next: ({ id }) =>
                    void step('ask').then(() => {
                      const end$ = asks === 'view' ? operations.waitUntilApplied(id, view) : operations.outcome(id);
                      end$.subscribe({
                        next: (end) => Object.assign(all, { end, count: all.count + 1 }),
                        error: (failure: unknown) => (all.failure = failure),
                      });
                    }),
                  error: (failure: unknown) => (all.failure = failure),
                });
            });
            return all;
          });

          await scheduler.waitIdle();
          for (const [i, { end, count, failure }] of heard.entries()) {
            const { key } = clients[i]!;
            expect({ failure, count }).toEqual({ failure: undefined, count: 1 });
            const error = key === 2 ? { code: 'refused_deposit', message: 'a2' } : undefined;
            expect({ id: end?.id, error: end?.error }).toEqual({ id: `k${key}`, error });
          }
          const good = [...new Set(clients.map(({ key }) => key))].filter((key) => key !== 2);
          if (!hasFaults) expect(carriedOut.sort()).toEqual(good.map((key) => `k${key}`).sort());
          else expect(new Set(carriedOut)).toEqual(new Set(good.map((key) => `k${key}`)));
          if (!hasFaults) expect(new Set(shown).size).toBe(shown.length);
          for (const [i, { operations, changes }] of apis.entries()) {
            const own = [...new Set(clients.filter(({ api }) => api === i).map(({ key }) => key))];
            expect(changes.toSorted()).toEqual(
              own.flatMap((key) => [`k${key} accepted`, `k${key} ${key === 2 ? 'failed' : 'succeeded'}`]).sort(),
            );
            for (const key of own)
              expect(changes.indexOf(`k${key} accepted`)).toBeLessThan(
                changes.findLastIndex((change) => change.startsWith(`k${key} `)),
              );
            expect(operations.stats()).toMatchObject({ pending: 0, expired: 0 });
            operations.close();
          }
        },
      ),
      runs(200),
    );
  });
});
