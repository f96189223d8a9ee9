import type { ObservableInput, Subscriber } from 'rxjs';
import { createSupply } from '../../../operators/internal/createSupply.ts';
import { listen } from '../../../operators/internal/listen.ts';
import type { Supply } from '../../../operators/internal/supply.ts';
import type { Job } from '../../contracts/job.ts';

/** Who takes what a job gives. */
export interface SourceHost<M> {
  readonly send: (message: M | undefined) => void;
  readonly complete: () => void;
  readonly fail: (cause: unknown) => void;
  /** Something can be taken from the supply. */
  readonly ready: () => void;
}

/** Follows what a job has returned, if it pushes; what can be pulled is returned as a supply. */
export function openSource<M>(
  returned: ReturnType<Job<M>['run']>,
  subscriber: Subscriber<never>,
  { send, complete, fail, ready }: SourceHost<M>,
): Supply<M | undefined> | undefined {
  if (returned === undefined) {
    complete();
    return undefined;
  }
  const source$ = returned as ObservableInput<M | undefined>;
  if (source$ instanceof Promise) {
    // By itself, so that a message after the end is seen.
    source$.then((message: M | undefined) => {
      send(message);
      complete();
    }, fail);
    return undefined;
  }
  if (subscriber.closed) return undefined; // it was cut off from within
  const supply = createSupply(source$, subscriber, { stage: 'job', bufferSize: 0, used: () => 0, ready });
  if (!supply.pushes) return supply;
  listen(source$, subscriber, { next: send, error: fail, complete });
  return undefined;
}
