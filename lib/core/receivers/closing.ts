import {
  asyncScheduler,
  concat,
  defer,
  map,
  Observable,
  shareReplay,
  takeUntil,
  tap,
  toArray,
  type Subject,
  type Subscription,
} from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { after } from '../../../operators/internal/after.ts';
import type { ReceiverFailure } from '../../contracts/receiverFailure.ts';
import type { ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import { drained, type CloseOptions } from '../topics/drained.ts';
import type { Topic } from '../topics/topic.ts';
import type { Intake } from './intake.ts';
import type { ReceiverLedger } from './receiver.ts';

type Drainable = Pick<Topic<unknown>, 'deliveries' | 'complete'>;

/** What ends with a receiver. */
export interface Parts {
  readonly identity: ReceiverIdentity;
  readonly intake: Pick<Intake<unknown>, 'account' | 'idle$' | 'close' | 'stop'>;
  readonly sources: Subscription;
  readonly topic: Drainable;
  readonly alerts: Drainable;
  readonly failures: Subject<ReceiverFailure>;
}

/** Two ways to end a receiver. */
export interface Closing {
  readonly close: (options?: CloseOptions) => Observable<ReceiverLedger>;
  readonly now: () => void;
}

/** Ends a receiver from the outside in: sources, what is held back, routes, and then who is told of their alerts. */
export function closing({ identity, intake, sources, topic, alerts, failures }: Parts): Closing {
  let drained$: Observable<ReceiverLedger> | undefined;

  const takeNoMore = () => {
    intake.close();
    sources.unsubscribe();
  };

  return {
    close({ deadlineMs = 30_000 } = {}) {
      if (!(deadlineMs >= 0)) throw new OptionError('deadlineMs', '0 or more', deadlineMs);
      return defer(() => {
        takeNoMore();
        drained$ ??= drain(deadlineMs).pipe(shareReplay({ bufferSize: 1, refCount: true }));
        return drained$;
      });
    },
    now() {
      takeNoMore();
      for (const ending of [topic, alerts]) {
        for (const delivery of ending.deliveries()) delivery.close();
        ending.complete();
      }
      intake.stop();
      failures.complete();
    },
  };

  function drain(deadlineMs: number): Observable<ReceiverLedger> {
    const dueAt = asyncScheduler.now() + deadlineMs;
    const left = () => ({ deadlineMs: Math.max(0, dueAt - asyncScheduler.now()) });
    const late$ = new Observable<void>((subscriber) => after(left().deadlineMs, () => subscriber.next()));
    const routes = topic.deliveries();
    const sinks = alerts.deliveries(); // they may have ended when it is their turn

    return concat(
      intake.idle$().pipe(takeUntil(late$)),
      defer(() => {
        intake.stop();
        return drained(
          () => routes,
          () => topic.complete(),
          left(),
        );
      }),
      defer(() =>
        drained(
          () => sinks,
          () => alerts.complete(),
          left(),
        ),
      ),
    ).pipe(
      toArray(),
      map(([ofRoutes, ofSinks]) => ({
        ...identity,
        ...intake.account(),
        routes: ofRoutes!.subscribers,
        alertSinks: ofSinks!.subscribers,
      })),
      tap(() => failures.complete()),
    );
  }
}
