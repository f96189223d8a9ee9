import type { Channel, ChannelModel } from 'amqplib';
import { catchError, defer, finalize, mergeMap, throwError, type Observable } from 'rxjs';
import { QueueConfigError } from '../../contracts/transportFailure.ts';
import { channelFailure } from './channelFailure.ts';
import { deadQueueOf } from './topology.ts';

const NOT_FOUND = 404;

/** How many dead letters a queue has, by passive declarations: nothing is made or changed. `queue`: its real name. */
export function deadLetterCount(
  model: ChannelModel,
  { name, queue }: { readonly name: string; readonly queue: string },
): Observable<number> {
  return defer(() => model.createChannel()).pipe(
    mergeMap((channel) => {
      channel.on('error', () => undefined); // whatever asked for something hears it
      return defer(() => countOf(channel, queue, deadQueueOf(name))).pipe(
        finalize(() => void channel.close().catch(() => undefined)), // it is closed already
      );
    }),
    catchError((cause: unknown) => throwError(() => failure(name, cause))),
  );
}

/** How many there are. Throws when one of the queues is missing. */
export async function countOf(channel: Channel, queue: string, dead: string): Promise<number> {
  await channel.checkQueue(queue);
  return (await channel.checkQueue(dead)).messageCount;
}

function failure(name: string, cause: unknown): unknown {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === NOT_FOUND;
  return isMissing ? new QueueConfigError(name, 'there is no such queue', { cause }) : channelFailure(name, cause);
}
