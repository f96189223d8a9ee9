import { readFileSync } from 'node:fs';
import * as S from 'fp-ts/lib/string.js';
import { EMPTY, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryJobStore } from '../../lib/adapters/memory/memoryJobStore.ts';
import { memoryTransport } from '../../lib/adapters/memory/memoryTransport.ts';
import { PublishError } from '../../lib/contracts/transportFailure.ts';
import { Topic } from '../../lib/core/topics/topic.ts';
import { fakeDelivery } from '../../lib/testing/fakeDelivery.ts';
import { fakeStore } from '../../lib/testing/fakeStore.ts';
import { fakeTransport } from '../../lib/testing/fakeTransport.ts';
import { fanTest, marbles } from '../../lib/testing/vitest/index.ts';
import { mergeSorted } from '../../operators/mergeSorted.ts';
import { messageOf } from '../support/messages.ts';
import { record } from '../support/record.ts';
import { virtually } from '../support/virtually.ts';

describe('the guide to testing', () => {
  it('has a store whose third put fails', () => {
    const full = new Error('the disk is full');
    const store = fakeStore(memoryJobStore(), {
      put: (call) => (call === 2 ? { kind: 'failing', error: full } : undefined),
    });
    const put$ = store.put({ token: 'a', kind: 'k', input: null, state: 'queued', createTime: 1 });
    expect([put$, put$, put$, put$].flatMap(record)).toEqual(['complete', 'complete', full, 'complete']);
  });

  it('has a transport that loses a confirm, delivers one message twice, and is lost', () => {
    const { outcomes, attempts } = virtually(() => {
      const transport = fakeTransport(memoryTransport(), {
        publish: (call, { id }) =>
          call === 0 ? { kind: 'lost', error: new PublishError(id, 'timedOut', 'no answer') } : undefined,
        deliver: (delivery) => (delivery === 1 ? { kind: 'twice' } : undefined),
      });
      const handled: string[] = [];
      record(
        transport.consume({
          kind: 'durable',
          name: 'q',
          bindings: ['#'],
          handle: ({ id, attempt }) => (handled.push(`${id} ${attempt}`), EMPTY),
        }),
      );
      const published = ['a', 'b'].map((id) => record(transport.publish(messageOf(id))));
      transport.lose();
      transport.restore();
      return { outcomes: published, attempts: handled };
    });
    expect(outcomes).toMatchObject([[{ why: 'timedOut' }], ['complete']]);
    expect(attempts).toEqual(['a 1', 'b 1', 'b 2']);
  });

  it(
    'has a delivery without a topic',
    marbles(({ cold, expectObservable }) => {
      const delivery = fakeDelivery({ order: 7 }, { tenant: 'acme', receiver: 'orders', route: 'mail' });

      expectObservable(delivery.to(() => cold('--|'))).toBe('--|');
    }),
  );

  it(
    'asks for the next value when the last one is gone',
    marbles(({ cold, pulled, expectObservable, expectPermits }) => {
      const letters = pulled('ace|');
      const pushed$ = cold(' --b-----d----|');
      const permits = '      1-1-----1----1';
      const merged = '       --(ab)--(cd)-(e|)';

      expectObservable(mergeSorted([letters, pushed$], S.Ord)).toBe(merged);
      expectPermits(letters).toBe(permits);
    }),
  );

  it('says what is left open', async () => {
    const forgetful = <T>(source$: Observable<T>) => new Observable<T>(() => void source$.subscribe());
    const test = fanTest(async ({ cold, track, sleep }) => {
      const topic = new Topic<string>({ name: 'orders' });
      await sleep(2);
      forgetful(cold('-a-')).subscribe().unsubscribe();
      track('metrics', topic.deliver({ id: 'metrics', handle: () => undefined }));
      await sleep(2);
    });
    const { message } = await test().then(
      () => new Error('the test passes'),
      (failure: unknown) => failure as Error,
    );
    const shown = message.split('\n').map((line) => line.replace(/at .*$/, 'at'));
    const [, block = ''] = /## What is left open[^]*?```text\n([^]*?)\n```/.exec(guide) ?? [];
    expect(shown.slice(1)).toEqual(
      block
        .split('\n')
        .slice(1)
        .map((line) => line.replace(/at .*$/, 'at')),
    );
  });

  it('is what runs here', () => {
    const own = bare(readFileSync(import.meta.filename, 'utf8'));
    const blocks = [
      ...guide.slice(guide.indexOf('## Fakes')).matchAll(/(?<!from: [^\n]* -->\n\n)```ts\n([^]*?)```/g),
    ].map(([, block]) => block!);
    const statements = blocks.flatMap((block) => block.split('\n\n')).map(bare);
    expect(statements.length).toBeGreaterThan(6);
    expect(statements.filter((statement) => !own.includes(statement))).toEqual([]);
  });
});

const guide = readFileSync('docs/testing.md', 'utf8');

/** Code as it is but for how it is set. */
function bare(code: string): string {
  return code.replace(/\s+/g, '').replace(/,(?=[)\]}])/g, '');
}
