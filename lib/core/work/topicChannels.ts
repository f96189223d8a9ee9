import type { DeliveryContract } from '../../contracts/delivery.ts';
import type { JobMessage, JobSubscriber } from '../../contracts/job.ts';
import type { WorkFailure } from '../../contracts/jobFailure.ts';
import { Dispatcher } from '../topics/dispatcher.ts';
import { Topic } from '../topics/topic.ts';
import type { Channel, Channels, ChannelsHost } from './channel.ts';
import { Offering } from './offering.ts';
import { SharedChannel } from './sharedChannel.ts';
import type { Settings } from './settings.ts';
import { whenDone } from './whenDone.ts';
import type { Attachment } from './workEngine.ts';

/** One channel per topic: a subscriber has one lane for all jobs, in which they take turns. */
export class TopicChannels<M> implements Channels<M> {
  private readonly topics: ReadonlyMap<string, Topic<JobMessage<M>>>;
  private readonly offering: Offering<M>;
  private readonly attached = new Set<Attachment<M>>();
  private readonly mostJobs: number;

  constructor(settings: Settings, { offered, failed }: ChannelsHost<M, WorkFailure>) {
    const { topics, freeze, maxRunning, maxQueued } = settings;
    const dispatcher = new Dispatcher();
    this.mostJobs = maxRunning + maxQueued;
    this.topics = new Map(
      topics.map((name) => [name, new Topic<JobMessage<M>>({ name, freeze, onError: failed }, dispatcher)]),
    );
    this.offering = new Offering(dispatcher, offered);
  }

  attach(topic: string, subscriber: JobSubscriber<M>): Attachment<M> {
    const delivery = this.topics.get(topic)!.deliver(this.contractOf(subscriber));
    const attachment: Attachment<M> = {
      id: delivery.id,
      topic,
      alerts$: delivery.alerts$,
      ended$: delivery.ended$,
      stats: () => delivery.stats(),
      pause: () => delivery.pause(),
      resume: () => delivery.resume(),
      parked: () => delivery.parked(),
      redrive: () => delivery.redrive(),
      detach: () => delivery.close(),
    };
    this.attached.add(attachment);
    whenDone(delivery.ended$, () => this.attached.delete(attachment));
    return attachment;
  }

  attachments(): readonly Attachment<M>[] {
    return [...this.attached];
  }

  open(topic: string): Channel<M> {
    return new SharedChannel(this.topics.get(topic)!, this.offering);
  }

  close(): void {
    this.topics.forEach((topic) => {
      for (const delivery of topic.deliveries()) delivery.close();
      topic.complete();
    });
  }

  /** `bufferSize` is what one job may have waiting, as it is where jobs have lanes of their own. */
  private contractOf(subscriber: JobSubscriber<M>): DeliveryContract<JobMessage<M>> {
    const { bufferSize = 1_024, watermarks } = subscriber;
    return {
      ...subscriber,
      partitionKey: ({ token }) => token,
      bufferSizePerKey: bufferSize,
      bufferSize: Math.min(bufferSize * this.mostJobs, Number.MAX_SAFE_INTEGER),
      watermarks: { high: Math.max(1, Math.ceil(bufferSize * 0.8)), ...watermarks },
    };
  }
}
