import { Observable } from 'rxjs';
import { OverflowError } from '../../../operators/errors.ts';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { NOTHING, type Supply } from '../../../operators/internal/supply.ts';
import type { Job } from '../../contracts/job.ts';
import { MessageLimitError } from '../../contracts/jobFailure.ts';
import { Pace } from '../topics/pace.ts';
import { openSource } from './openSource.ts';
import { whenDone } from './whenDone.ts';

/** Where the messages of a job go, and how many there may be. */
export interface ReadOptions<M> {
  /** Starts the job. */
  readonly open: (send: (message: M) => void) => ReturnType<Job<M>['run']>;
  /** Takes a message. The next one comes when what it returns has completed. */
  readonly publish: (message: M) => Observable<never>;
  readonly bufferSize: number;
  readonly maxMessages: number;
  /** Whose messages they are, for whoever looks what they wait for. */
  readonly work: object;
  /** Told of messages that came after the end, and of those that were not published when the job was cut off. */
  readonly lost: (how: 'late' | 'dropped', count: number) => void;
}

/**
 * Runs a job: publishes its messages one by one, and completes or errors with it.
 *
 * What can be pulled is asked for a message when the one before was taken. What is pushed waits meanwhile, up to
 * `bufferSize`. Unsubscribing cuts the job off.
 */
export function readMessages<M>({
  open,
  publish,
  bufferSize,
  maxMessages,
  work,
  lost,
}: ReadOptions<M>): Observable<never> {
  return new Observable((subscriber) => {
    const pushed = new Fifo<M>();
    const pace = new Pace(() => pump());
    let pulled: readonly (M | undefined)[] = NOTHING;
    let used = 0;
    let count = 0;
    let supply: Supply<M | undefined> | undefined;
    let isReady = false; // the supply has something to take
    let isTaken = true; // the message before
    let isPumping = false;
    let end: (() => void) | undefined; // to be done when everything is published

    const send = (message: M | undefined): void => {
      if (message === undefined) return;
      if (subscriber.closed) lost('late', 1);
      else if (pushed.size >= bufferSize) subscriber.error(new OverflowError('job', bufferSize));
      else {
        pushed.push(message);
        pump();
      }
    };
    const finish = (how: () => void): void => {
      end ??= how;
      pump();
    };
    const complete = (): void => finish(() => subscriber.complete());
    const fail = (cause: unknown): void => finish(() => subscriber.error(cause));

    const emit = (message: M | undefined): void => {
      if (message === undefined) return;
      if (++count > maxMessages) throw new MessageLimitError(maxMessages);
      isTaken = false;
      const taken = () => {
        isTaken = true;
        pump();
      };
      subscriber.add(whenDone(publish(message), taken, work));
    };

    const take = (): boolean => {
      if (!isReady || !supply) return false;
      try {
        const taken = supply.take();
        isReady = taken !== undefined;
        pulled = taken ?? NOTHING;
        used = 0;
        if (taken?.length === 0) complete();
        if (subscriber.closed) lost('late', pulled.length); // it was cut off from within
      } catch (thrown) {
        fail(thrown);
      }
      return isReady || pushed.size > 0;
    };

    const step = (): boolean => {
      if (!isTaken || subscriber.closed) return false;
      if (pushed.size > 0) emit(pushed.shift());
      else if (used < pulled.length) emit(pulled[used++]);
      else if (end) end();
      else return take();
      return true;
    };

    const pump = (): void => {
      if (isPumping) return; // the loop below goes on with it
      isPumping = true;
      pace.begin();
      try {
        while (step()) if (pace.isOver()) break;
      } catch (thrown) {
        subscriber.error(thrown);
      }
      isPumping = false;
    };

    const ready = (): void => {
      isReady = true;
      if (subscriber.closed) lost('late', supply?.take()?.length ?? 0);
      else pump();
    };

    subscriber.add(() => {
      pace.rest();
      const unpublished = pushed.size + pulled.length - used;
      if (unpublished > 0) lost('dropped', unpublished);
      pushed.clear();
      pulled = NOTHING;
      used = 0;
    });
    try {
      supply = openSource(open(send), subscriber, { send, complete, fail, ready });
      supply?.open();
    } catch (thrown) {
      fail(thrown);
    }
  });
}
