import { asapScheduler, asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { VirtualScheduler } from '../../lib/testing/virtualScheduler.ts';

/** A timer that asap work of the same frame cancels. */
function cancelledInItsFrame(scheduler: TestScheduler): readonly string[] {
  const done: string[] = [];
  scheduler.run(() => {
    asyncScheduler.schedule(() => {
      done.push(`timer at ${asyncScheduler.now()}`);
      asapScheduler.schedule(() => {
        done.push('asap');
        late.unsubscribe();
      });
    }, 5);
    const late = asyncScheduler.schedule(() => done.push('late'), 5);
  });
  return done;
}

describe('VirtualScheduler', () => {
  it('stands asap work that cancels a timer of the same frame', () => {
    expect(() => cancelledInItsFrame(new TestScheduler(() => {}))).toThrow('Expected a due immediate or interval');
    expect(cancelledInItsFrame(new VirtualScheduler(() => {}))).toEqual(['timer at 5', 'asap']);
  });

  it('passes on every other error', () => {
    const run = () =>
      new VirtualScheduler(() => {}).run(() => {
        asyncScheduler.schedule(() => {
          throw new Error('mine');
        });
      });
    expect(run).toThrow('mine');
  });
});
