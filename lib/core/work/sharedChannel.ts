import { ignoreElements, Subject, type Observable } from 'rxjs';
import type { JobMessage } from '../../contracts/job.ts';
import type { Attached } from '../topics/attached.ts';
import type { Topic } from '../topics/topic.ts';
import type { Channel } from './channel.ts';
import type { Offering } from './offering.ts';
import { whenDone } from './whenDone.ts';

/** The messages of one job on a channel that is not its own: it knows which of them are not settled. */
export class SharedChannel<M> implements Channel<M> {
  readonly settled$: Observable<never>;
  private readonly settled = new Subject<never>();
  private readonly topic: Topic<JobMessage<M>>;
  private readonly offering: Offering<M>;
  private unsettled = 1; // the end is one more

  constructor(topic: Topic<JobMessage<M>>, offering: Offering<M>) {
    this.topic = topic;
    this.offering = offering;
    this.settled$ = this.settled.asObservable();
  }

  publish(message: JobMessage<M>): Observable<never> {
    this.unsettled++;
    const { settled$, taken$ } = this.offering.publish(this.topic, message);
    whenDone(settled$.pipe(ignoreElements()), () => this.settle());
    return taken$;
  }

  lanes(): readonly Attached<JobMessage<M>>[] {
    return [];
  }

  blocking(): readonly Attached<JobMessage<M>>[] {
    return this.topic.roster.blocking();
  }

  end(): void {
    this.settle();
  }

  private settle(): void {
    if (--this.unsettled === 0) this.settled.complete();
  }
}
