import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Handled } from '../../../lib/contracts/handled.ts';
import type { JobMessage, JobOperation, JobStateMessage, JobUserMessage } from '../../../lib/contracts/job.ts';
import type { JobRecord } from '../../../lib/contracts/jobStore.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import type { Attachment, Recovery, WorkLedger } from '../../../lib/core/work/workEngine.ts';

interface Progress {
  readonly percent: number;
}
const engine = createWorkEngine<Progress>({ topics: ['provision'], newToken: () => 't' });

describe('createWorkEngine', () => {
  it('gives the message to whoever listens, and tells it from a state by its kind', () => {
    expectTypeOf(engine.messages$).toEqualTypeOf<Observable<JobMessage<Progress>>>();
    const attachment = engine.attach('provision', {
      id: 's',
      handle(message) {
        expectTypeOf(message).toEqualTypeOf<JobMessage<Progress>>();
        if (message.kind === 'message') expectTypeOf(message).toEqualTypeOf<JobUserMessage<Progress>>();
        else expectTypeOf(message).toEqualTypeOf<JobStateMessage>();
      },
      onDrop: (message) => expectTypeOf(message).toEqualTypeOf<JobMessage<Progress>>(),
    });
    expectTypeOf(attachment).toEqualTypeOf<Attachment<Progress>>();
    // @ts-expect-error the key is given: the token
    engine.attach('provision', { id: 's', handle: () => undefined, partitionKey: () => 1 });
  });

  it('takes a job that gives such messages, in any of the ways of rxjs, or none', () => {
    engine.start({
      topic: 'provision',
      run({ input, send, signal, token }) {
        expectTypeOf(input).toEqualTypeOf<unknown>(); // it may come from a store: decode it
        expectTypeOf(send).parameter(0).toEqualTypeOf<Progress>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(token).toEqualTypeOf<string>();
        return [{ percent: 1 }, undefined];
      },
    });
    engine.start({ topic: 'provision', run: () => undefined });
    engine.start({ topic: 'provision', run: async () => {} });
    engine.start({ topic: 'provision', run: async () => ({ percent: 1 }) });
    engine.start({
      topic: 'provision',
      async *run() {
        yield { percent: 1 };
      },
    });
    expectTypeOf<Handled>().toExtend<ReturnType<Parameters<typeof engine.attach>[1]['handle']>>();
    // @ts-expect-error no such message
    engine.start({ topic: 'provision', run: () => [{ done: true }] });
    // @ts-expect-error which topic
    engine.start({ run: () => [] });
  });

  it('gives the operation of a run, and the account of a stop', () => {
    expectTypeOf(engine.run({ topic: 'provision', run: () => [] })).toEqualTypeOf<Observable<JobOperation>>();
    expectTypeOf(engine.lastOperation('t')).toEqualTypeOf<JobOperation | undefined>();
    expectTypeOf(engine.operation$('t')).toEqualTypeOf<Observable<JobOperation>>();
    expectTypeOf(engine.stop()).toEqualTypeOf<Promise<WorkLedger>>();
  });

  it('makes jobs again of records', () => {
    const recovery$ = engine.recover((record) => {
      expectTypeOf(record).toEqualTypeOf<JobRecord>();
      return record.kind === 'provision' ? { run: () => [{ percent: 0 }] } : undefined;
    });
    expectTypeOf(recovery$).toEqualTypeOf<Observable<Recovery>>();
  });
});
