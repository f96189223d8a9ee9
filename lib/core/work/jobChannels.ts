import { OptionError } from '../../../operators/errors.ts';
import type { JobMessage, JobSubscriber } from '../../contracts/job.ts';
import { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { UnsettledError, type WorkFailure } from '../../contracts/jobFailure.ts';
import { Dispatcher } from '../topics/dispatcher.ts';
import { termsOf } from '../topics/terms.ts';
import { Topic } from '../topics/topic.ts';
import type { Channel, Channels, ChannelsHost } from './channel.ts';
import { JobAttachment } from './jobAttachment.ts';
import { Offering } from './offering.ts';
import { OwnChannel } from './ownChannel.ts';
import type { Settings } from './settings.ts';
import { whenDone } from './whenDone.ts';
import type { Attachment } from './workEngine.ts';

/** What belongs to one topic: who is attached, and the channels of the jobs that have not ended. */
interface Hub<M> {
  readonly attached: Map<string, JobAttachment<M>>;
  readonly open: Set<OwnChannel<M>>;
}

/** One channel per job: a subscriber has a lane for each of them. */
export class JobChannels<M> implements Channels<M> {
  private readonly settings: Settings;
  private readonly host: ChannelsHost<M, WorkFailure>;
  private readonly dispatcher = new Dispatcher(); // one for all: jobs that are cancelled by handlers take no stack
  private readonly offering: Offering<M>;
  private readonly hubs: ReadonlyMap<string, Hub<M>>;
  private readonly unsettled = new Set<OwnChannel<M>>(); // of jobs that have ended

  constructor(settings: Settings, host: ChannelsHost<M, WorkFailure>) {
    this.settings = settings;
    this.host = host;
    this.offering = new Offering(this.dispatcher, host.offered);
    this.hubs = new Map(settings.topics.map((topic) => [topic, { attached: new Map(), open: new Set() }]));
  }

  attach(topic: string, subscriber: JobSubscriber<M>): Attachment<M> {
    const { attached, open } = this.hubs.get(topic)!;
    const { id } = termsOf(subscriber);
    if (attached.has(id)) throw new OptionError('id', 'one that no other subscriber of the topic has', id);
    const attachment = new JobAttachment<M>(subscriber, {
      topic,
      createTopic: () => this.createTopic(topic),
      guarded: (call) => this.guarded(topic, id, call),
      ended: () => attached.delete(id),
    });
    attached.set(id, attachment);
    for (const channel of open) channel.attach(attachment);
    return attachment;
  }

  attachments(): readonly Attachment<M>[] {
    return [...this.hubs.values()].flatMap(({ attached }) => [...attached.values()]);
  }

  open(topic: string, token: string): Channel<M> {
    const { attached, open } = this.hubs.get(topic)!;
    const channel = new OwnChannel<M>(token, this.createTopic(topic), {
      offering: this.offering,
      ended: () => {
        open.delete(channel);
        this.unsettled.add(channel);
        whenDone(channel.settled$, () => this.unsettled.delete(channel));
        this.discardFirst();
      },
    });
    open.add(channel);
    for (const attachment of attached.values()) channel.attach(attachment);
    return channel;
  }

  close(): void {
    for (const attachment of this.attachments()) attachment.detach();
  }

  private createTopic(name: string): Topic<JobMessage<M>> {
    const { settings, host, dispatcher } = this;
    return new Topic<JobMessage<M>>({ name, freeze: settings.freeze, onError: host.failed, belongs: true }, dispatcher);
  }

  /** Subscribers that never settle must not fill the memory with lanes. */
  private discardFirst(): void {
    const { maxUnsettled } = this.settings;
    if (this.unsettled.size <= maxUnsettled) return;
    const [first] = this.unsettled;
    first!.discard();
    this.host.failed(new UnsettledError(first!.token, maxUnsettled));
  }

  private guarded(topic: string, subscriber: string, call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.host.failed(new DeliveryError({ topic, subscriber, id: 0, attempt: 0, value: undefined }, thrown));
    }
  }
}
