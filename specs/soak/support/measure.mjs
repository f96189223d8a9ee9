import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { quantile } from '../../bench/support/stats.mjs';

/** Processor time, collection and compilation included: others may want the machine as well. */
export function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** How many times longer each of `count` values takes than each of a tenth of them: about 1 where time is linear. */
export async function growthOf(run, count) {
  const msOf = async (values) => {
    const from = processorMs();
    await run(values);
    return processorMs() - from;
  };
  for (let i = 0; i < 3; i++) await run(count / 10); // compiles
  const few = Math.min(await msOf(count / 10), await msOf(count / 10));
  const many = await msOf(count);
  return { growth: many / few / 10, rate: (count / many) * 1_000 };
}

/** Watches how much processor time goes by between two turns of timers. */
export function watchTurns() {
  const turns = [];
  let last = processorMs();
  const timer = setInterval(() => {
    const now = processorMs();
    turns.push(now - last);
    last = now;
  }, 0);
  return {
    /** Milliseconds, at a share of the turns: 0.5 is the median. */
    stop(share) {
      clearInterval(timer);
      return quantile(turns, share);
    },
  };
}
