import { BehaviorSubject, concat, NEVER, Observable, of, startWith, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { marbles } from '../../support/marbles.ts';
import { record } from '../../support/record.ts';
import { manual } from './support/manual.ts';

describe('a concurrency that changes', () => {
  it(
    'T4 starts what waits as soon as it may, and interrupts nothing that runs',
    marbles(({ cold, hot, expectObservable }) => {
      const source$ = cold(' (abcdefgh)                ');
      const cap$ = hot<number>('  ----3-----1---------2-----', { 1: 1, 2: 2, 3: 3 });
      const handling$ = cold('     --------|                 ');
      const expected = '     (ab)c---(de)----f---g---h-';
      const starts$ = new Observable<string>((subscriber) => {
        const topic = new Topic<string>();
        topic.deliver({
          id: 's',
          concurrency: cap$.pipe(startWith(2)),
          handle(value) {
            subscriber.next(value);
            return handling$;
          },
        });
        return source$.subscribe(topic);
      });

      expectObservable(starts$, '^ 40ms !').toBe(expected);
    }),
  );

  it('T4 keeps the last cap when its source fails, ends, or gives what is none, and tells of it', () => {
    const topic = new Topic<number>();
    const failures = record(topic.errors$);
    const cap$ = new BehaviorSubject(2);
    const { open, delivery } = manual(topic, 's', { concurrency: cap$ });
    const broken = manual(topic, 'broken', {
      concurrency: concat(
        of(3),
        throwError(() => new Error('no cap')),
      ),
    });
    for (let n = 0; n < 6; n++) topic.next(n);
    for (const none of [0, -1, 1.5, NaN, '2' as never]) cap$.next(none);

    expect(open()).toHaveLength(2);
    expect(delivery.stats().concurrency).toBe(2);
    expect(broken.open()).toHaveLength(3);
    expect(failures.map((error) => (error as Error).message)).toEqual([
      'topic: broken failed on 0 (attempt 0): no cap',
      ...['0', '-1', '1.5', 'NaN', '"2"'].map(
        (none) => `topic: s failed on 0 (attempt 0): concurrency must be an integer of at least 1, not ${none}`,
      ),
    ]);

    cap$.complete();
    expect(delivery.stats().concurrency).toBe(2);
  });

  it('X3 lets go of its source when the subscriber has ended', () => {
    const cap$ = new BehaviorSubject(2);
    const topic = new Topic<number>();
    const closed = topic.deliver({ id: 'closed', concurrency: cap$, handle: () => NEVER });
    topic.deliver({ id: 'completed', concurrency: cap$, handle: () => {} });
    closed.close();
    expect(cap$.observed).toBe(true);
    topic.complete();
    expect(cap$.observed).toBe(false);
  });

  it('T4 without a cap runs all at once, and at the first cap of a late source no more than that', () => {
    const topic = new Topic<number>();
    const all = manual(topic, 'all', { concurrency: Infinity });
    const late = manual(topic, 'late', { concurrency: NEVER });
    for (let n = 0; n < 100; n++) topic.next(n);

    expect(all.open()).toHaveLength(100);
    expect(late.open()).toHaveLength(1);
  });
});
