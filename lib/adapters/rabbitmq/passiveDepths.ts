import type { Channel, ChannelModel } from 'amqplib';

/** Channels that ask at the same time. */
const LANES = 4;
/** There is no such queue, we may not see it, or it is of another connection. Each ends the channel that asked. */
const OF_THE_QUEUE = new Set<unknown>([403, 404, 405]);
const LONGEST_NAME = 255; // bytes

/** How many messages are ready in each of `queues` that has some, by passive declarations: nothing is made or changed. */
export async function passiveDepths(
  model: ChannelModel,
  queues: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const depths = new Map<string, number>();
  const names = [...queues].filter((name) => name !== '' && Buffer.byteLength(name) <= LONGEST_NAME).values();
  const lane = async () => {
    let channel: Channel | undefined;
    for (const name of names) {
      channel ??= await openChannel(model);
      try {
        const { messageCount } = await channel.checkQueue(name);
        if (messageCount > 0) depths.set(name, messageCount);
      } catch (failure) {
        if (!isOfTheQueue(failure)) throw failure;
        channel = undefined;
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return depths;
}

async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // whoever asked is told as well
  return channel;
}

function isOfTheQueue(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && OF_THE_QUEUE.has(failure.code);
}
