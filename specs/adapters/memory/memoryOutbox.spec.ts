import { concat, EMPTY, from, ignoreElements, lastValueFrom, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryOutbox } from '../../../lib/adapters/memory/memoryOutbox.ts';
import { outboxLaws } from '../../../lib/testing/outboxLaws.ts';
import { OptionError } from '../../../operators/errors.ts';
import { messageOf } from '../../support/messages.ts';
import { record } from '../../support/record.ts';

describe('memoryOutbox', () => {
  const create = () => {
    const outbox = memoryOutbox();
    return {
      outbox,
      transaction: (work: (transaction: Parameters<typeof outbox.append>[0]) => Promise<void>) =>
        lastValueFrom(
          outbox.transaction((transaction) => from(work(transaction)).pipe(ignoreElements())),
          {
            defaultValue: undefined,
          },
        ),
    };
  };
  for (const law of outboxLaws(create)) it(law.name, law.check);

  it('keeps so many messages, those set aside included, and refuses more', () => {
    const outbox = memoryOutbox({ maxMessages: 2 });
    const append = (...ids: readonly string[]) =>
      record(
        outbox.transaction((transaction) =>
          outbox.append(
            transaction,
            ids.map((id) => messageOf(id)),
          ),
        ),
      );

    expect(append('a', 'b', 'c')).toMatchObject([{ code: 'overflow', bufferSize: 2 }]);
    expect(append('a', 'b')).toEqual(['complete']);
    record(outbox.turn(1, ([message]) => of({ kind: 'setAside', message: message!, reason: 'no queue' })));
    expect(append('c')).toMatchObject([{ code: 'overflow' }]);
    expect(outbox.size).toBe(2);
  });

  it('rolls back what is left before its end', () => {
    const outbox = memoryOutbox();
    const writing = outbox
      .transaction((transaction) => concat(outbox.append(transaction, [messageOf('a')]), NEVER))
      .subscribe();
    writing.unsubscribe();
    expect(outbox.size).toBe(0);
    record(outbox.transaction((transaction) => concat(outbox.append(transaction, [messageOf('a')]), EMPTY)));
    expect(outbox.size).toBe(1);
  });

  it.each([0, 1.5, NaN])('refuses to keep %s messages', (maxMessages) => {
    expect(() => memoryOutbox({ maxMessages })).toThrow(OptionError);
  });
});
