import type { Receipt } from '../../contracts/delivery.ts';
import type { JobMessage } from '../../contracts/job.ts';
import type { Dispatcher } from '../topics/dispatcher.ts';
import type { Topic } from '../topics/topic.ts';

/** Publishes messages of jobs, and tells of each when it was offered to every subscriber and before the next one is. */
export class Offering<M> {
  private readonly dispatcher: Dispatcher;
  private readonly offered: (message: JobMessage<M>) => void;

  constructor(dispatcher: Dispatcher, offered: (message: JobMessage<M>) => void) {
    this.dispatcher = dispatcher;
    this.offered = offered;
  }

  publish(topic: Topic<JobMessage<M>>, message: JobMessage<M>): Receipt {
    let receipt: Receipt | undefined;
    this.dispatcher.hold(() => {
      receipt = topic.publish(message);
      this.dispatcher.enter(() => this.offered(message));
    });
    return receipt!;
  }
}
