import { defer, filter, finalize, map, Observable, race, startWith, take } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { StoppedError } from '../../contracts/jobFailure.ts';
import type { Engine } from './engine.ts';
import type { WorkLedger } from './workEngine.ts';

/** Lets an engine that accepts nothing more come to its end, by the deadline, and gives the account. */
export function stopping<M>(
  engine: Engine<M>,
  { deadlineMs, mode }: { readonly deadlineMs: number; readonly mode: 'drain' | 'abort' },
): Observable<WorkLedger> {
  const late$ = new Observable<void>((subscriber) => after(deadlineMs, () => subscriber.next()));
  const idle$ = engine.outlets.changes$.pipe(
    startWith(undefined),
    filter(() => engine.isIdle),
  );
  return defer(() => {
    for (const job of [...engine.live.values()]) {
      if (job.operation.state === 'queued') job.end('rejected', new StoppedError());
      else if (mode === 'abort') job.end('cancelled', new StoppedError());
    }
    return race(late$, idle$);
  }).pipe(
    take(1),
    map(() => cutOff(engine)),
    finalize(() => engine.outlets.complete()), // when the account is given: they end what is waited for here
  );
}

/** Ends what has not ended, lets go of everything, and gives the account. */
function cutOff<M>(engine: Engine<M>): WorkLedger {
  const attached = engine.channels.attachments();
  for (const job of [...engine.live.values()]) job.end('cancelled', new StoppedError());
  engine.close();
  return engine.ledger(attached);
}
