import { Subject, type Observable } from 'rxjs';
import type { JobMessage } from '../../contracts/job.ts';
import type { Attached } from '../topics/attached.ts';
import type { Topic } from '../topics/topic.ts';
import type { Channel } from './channel.ts';
import type { JobAttachment } from './jobAttachment.ts';
import type { Offering } from './offering.ts';

/** What an {@link OwnChannel} tells. */
export interface OwnChannelHost<M> {
  readonly offering: Offering<M>;
  readonly ended: () => void;
}

/** The channel of one job: its lanes are those of this job alone. */
export class OwnChannel<M> implements Channel<M> {
  readonly token: string;
  readonly settled$: Observable<never>;
  private readonly topic: Topic<JobMessage<M>>;
  private readonly host: OwnChannelHost<M>;
  private readonly settled = new Subject<never>();
  private open = 0;
  private hasEnded = false;

  constructor(token: string, topic: Topic<JobMessage<M>>, host: OwnChannelHost<M>) {
    this.token = token;
    this.topic = topic;
    this.host = host;
    this.settled$ = this.settled.asObservable();
  }

  attach(attachment: JobAttachment<M>): void {
    this.open++;
    attachment.open(this.topic, this.token, () => {
      this.open--;
      if (!this.hasEnded) attachment.detach(); // its contract says that it has ended
      this.settleOnceEmpty();
    });
  }

  publish(message: JobMessage<M>): Observable<never> {
    return this.host.offering.publish(this.topic, message).taken$;
  }

  end(): void {
    this.hasEnded = true;
    this.topic.complete();
    this.host.ended();
    this.settleOnceEmpty();
  }

  lanes(): readonly Attached<JobMessage<M>>[] {
    return this.topic.roster.live();
  }

  blocking(): readonly Attached<JobMessage<M>>[] {
    return this.topic.roster.blocking();
  }

  discard(): void {
    for (const lane of this.topic.deliveries()) lane.close();
  }

  private settleOnceEmpty(): void {
    if (this.hasEnded && this.open === 0) this.settled.complete();
  }
}
