import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { quantile } from '../../bench/support/stats.mjs';

/** Processor time, collection and compilation included: others may want the machine as well. */
export function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** How many times longer `count` values take than half of them, and than a tenth: about 2 and 10 where time is linear. */
export async function growthOf(run, count) {
  const msOf = async (values) => {
    const from = processorMs();
    await run(values);
    return processorMs() - from;
  };
  const best = async (values) => Math.min(await msOf(values), await msOf(values));
  for (let i = 0; i < 3; i++) await run(count / 10); // compiles
  const [tenth, half, all] = [await best(count / 10), await best(count / 2), await best(count)];
  return { twice: all / half, tenTimes: all / tenth, rate: (count / all) * 1_000 };
}

/** Watches how much processor time goes by between two turns of timers; what came after the last turn counts as one more. */
export function watchTurns() {
  const turns = [];
  let last = processorMs();
  const turn = () => {
    const now = processorMs();
    turns.push(now - last);
    last = now;
  };
  const timer = setInterval(turn, 0);
  return {
    /** Milliseconds, at a share of the turns: 0.5 is the median. */
    stop(share) {
      clearInterval(timer);
      turn();
      return quantile(turns, share);
    },
  };
}
