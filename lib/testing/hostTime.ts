import { install } from '@sinonjs/fake-timers';
import { EndlessTestError } from './fanTestFailure.ts';
import { siteHere } from './siteHere.ts';

/** Virtual time in place of the timers and clocks of the host, until it is given back. */
export interface HostTime {
  /** In ms since it was taken. */
  now(): number;
  /**
   * Lets promises settle, then fires the next timer, and so on until `isOver`. False: there is no timer left, and it is not over.
   * Rejects with what a timer throws, and when there is no end of timers.
   */
  runUntil(isOver: () => boolean): Promise<boolean>;
  /** Where each timer that is still set was made. */
  openTimers(): readonly string[];
  giveBack(): void;
}

const FAKED = [
  ...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] as const),
  ...(['Date', 'performance'] as const),
];
const SETTERS = ['setTimeout', 'setInterval', 'setImmediate'] as const;
const MOST_TURNS = 100_000;

/** Takes the time of the host. It starts at 0 in 1970. There is one host: whoever takes it twice gets a TypeError. */
export function takeHostTime(): HostTime {
  const { setImmediate: afterPromises } = globalThis;
  const clock = install({ now: 0, toFake: FAKED });
  const sites = new Map<number, () => string>();

  const prune = () => {
    const { timers } = clock as { timers?: ReadonlyMap<number, unknown> }; // there is none before the first timer
    for (const id of sites.keys()) if (timers?.has(id) !== true) sites.delete(id);
  };
  for (const name of SETTERS) {
    const set = globalThis[name] as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]) => {
      const timer = set(...args);
      if (sites.size % 1_000 === 999) prune();
      sites.set(Number(timer), siteHere(name));
      return timer;
    };
    Object.assign(globalThis, { [name]: watched });
  }

  return {
    now: () => clock.now,
    async runUntil(isOver) {
      for (let turns = 0; turns < MOST_TURNS; turns++) {
        await new Promise<void>((resolve) => afterPromises(resolve));
        if (isOver()) return true;
        if (clock.countTimers() === 0) return false;
        clock.next();
      }
      throw new EndlessTestError(MOST_TURNS, clock.now);
    },
    openTimers() {
      prune();
      return [...sites.values()].map((site) => site());
    },
    giveBack() {
      clock.uninstall();
    },
  };
}
