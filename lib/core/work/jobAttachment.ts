import { Subject, type Observable } from 'rxjs';
import { Fifo } from '../../../operators/internal/fifo.ts';
import type { CongestionAlert, Delivery, DeliveryStats } from '../../contracts/delivery.ts';
import type { JobMessage, JobSubscriber } from '../../contracts/job.ts';
import type { Topic } from '../topics/topic.ts';
import { LanesByToken } from './lanesByToken.ts';
import { sumOfStats } from './sumOfStats.ts';
import { whenDone } from './whenDone.ts';
import type { Attachment } from './workEngine.ts';

/** What a {@link JobAttachment} needs of the channels. */
export interface JobAttachmentHost<M> {
  readonly topic: string;
  /** Makes a channel that belongs to no job. */
  readonly createTopic: () => Topic<JobMessage<M>>;
  /** Calls back a user, whose mistake is told and does no harm. */
  readonly guarded: (call: () => void) => void;
  readonly ended: () => void;
}

/** A subscriber with a lane per job, and what is left of those whose job has ended. */
export class JobAttachment<M> implements Attachment<M> {
  readonly id: string;
  readonly topic: string;
  readonly alerts$: Observable<CongestionAlert>;
  readonly ended$: Observable<never>;
  private readonly subscriber: JobSubscriber<M>;
  private readonly host: JobAttachmentHost<M>;
  private readonly alerts = new Subject<CongestionAlert>();
  private readonly ended = new Subject<never>();
  private readonly lanes = new Set<Delivery<JobMessage<M>>>();
  private readonly inOrder = new LanesByToken<M>();
  private readonly aside = new Fifo<JobMessage<M>>(); // parked in lanes that have ended
  private past: DeliveryStats = sumOfStats([]);
  private isPaused = false;
  private hasEnded = false;

  constructor(subscriber: JobSubscriber<M>, host: JobAttachmentHost<M>) {
    this.id = subscriber.id;
    this.topic = host.topic;
    this.subscriber = subscriber;
    this.host = host;
    this.alerts$ = this.alerts.asObservable();
    this.ended$ = this.ended.asObservable();
  }

  /** Opens a lane on the channel of a job. `left` is called when it has ended. */
  open(channel: Topic<JobMessage<M>>, token: string, left: () => void): void {
    const lane = this.add(channel);
    if (!this.inOrder.add(token, lane)) lane.pause();
    whenDone(lane.ended$, () => {
      const next = this.inOrder.remove(token, lane);
      if (!this.isPaused && !this.hasEnded) next?.resume();
      left();
    });
  }

  stats(): DeliveryStats {
    const stats = sumOfStats([this.past, ...[...this.lanes].map((lane) => lane.stats())]);
    return { ...stats, paused: this.isPaused };
  }

  pause(): void {
    this.isPaused = true;
    for (const lane of this.lanes) lane.pause();
  }

  resume(): void {
    this.isPaused = false;
    for (const lane of [...this.lanes]) if (!this.inOrder.isHeld(lane)) lane.resume();
  }

  parked(): readonly JobMessage<M>[] {
    return [...this.aside.toArray(), ...[...this.lanes].flatMap((lane) => lane.parked())];
  }

  redrive(): number {
    if (this.hasEnded) return 0;
    const again = this.aside.toArray();
    const inLanes = [...this.lanes].reduce((count, lane) => count + lane.redrive(), 0);
    this.aside.clear();
    this.past = this.pastWith({ offered: -again.length, parked: -again.length }); // the new lane counts them
    if (again.length > 0) this.handleAgain(again, this.host.createTopic());
    return inLanes + again.length;
  }

  detach(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    for (const lane of [...this.lanes]) lane.close();
    this.host.ended();
    this.alerts.complete();
    this.ended.complete();
  }

  private handleAgain(messages: readonly JobMessage<M>[], channel: Topic<JobMessage<M>>): void {
    this.add(channel);
    for (const message of messages) channel.next(message);
    channel.complete();
  }

  private add(channel: Topic<JobMessage<M>>): Delivery<JobMessage<M>> {
    // One at a time: the messages of a job keep their order.
    const lane = channel.deliver({ ...this.subscriber, concurrency: 1 });
    this.lanes.add(lane);
    if (this.isPaused) lane.pause();
    lane.alerts$.subscribe({ next: (alert) => this.alerts.next(alert), error: () => undefined });
    whenDone(lane.ended$, () => this.close(lane));
    return lane;
  }

  private close(lane: Delivery<JobMessage<M>>): void {
    this.lanes.delete(lane);
    this.past = sumOfStats([this.past, { ...lane.stats(), concurrency: 0 }]);
    for (const message of lane.parked()) this.putAside(message);
  }

  private putAside(message: JobMessage<M>): void {
    const { parkSize = 1_024, onDrop } = this.subscriber;
    this.aside.push(message);
    if (this.aside.size <= parkSize) return;
    const oldest = this.aside.shift();
    this.past = this.pastWith({ parked: -1, dropped: 1 });
    this.host.guarded(() => onDrop?.(oldest));
  }

  private pastWith(change: Partial<Record<'offered' | 'parked' | 'dropped', number>>): DeliveryStats {
    const { offered, parked, dropped } = this.past;
    return {
      ...this.past,
      offered: offered + (change.offered ?? 0),
      parked: parked + (change.parked ?? 0),
      dropped: dropped + (change.dropped ?? 0),
    };
  }
}
