import { setImmediate } from 'node:timers';

/**
 * Takes over the timers and `Date.now` of this process. `run` moves time on to the next timer whenever all promises
 * have settled, so that a walk of minutes takes milliseconds and always the same steps.
 */
export class VirtualTime {
  now = 0;
  timers = new Map();
  count = 0;

  constructor() {
    globalThis.setTimeout = (call, ms = 0, ...args) => this.add(call, ms, args);
    globalThis.setInterval = (call, ms = 0, ...args) => this.add(call, ms, args, true);
    globalThis.clearTimeout = globalThis.clearInterval = (id) => this.timers.delete(id);
    Date.now = () => this.now;
  }

  sleep(ms) {
    return new Promise((resolve) => this.add(resolve, ms, []));
  }

  /** What `work` resolves to. Timers it leaves behind never fire. */
  async run(work) {
    this.now = 0;
    this.timers.clear();
    let settled = false;
    const settle = () => (settled = true);
    const result = work();
    result.then(settle, settle);
    for (;;) {
      await new Promise(setImmediate); // by then every promise that can settle has settled
      if (settled) return result;
      this.step();
    }
  }

  add(call, ms, args, repeats = false) {
    const id = ++this.count;
    this.timers.set(id, { at: this.now + ms, call: () => call(...args), repeats: repeats ? ms : undefined });
    return id;
  }

  step() {
    let first;
    for (const [id, timer] of this.timers) if (first === undefined || timer.at < first.timer.at) first = { id, timer };
    if (first === undefined) throw new Error('nothing is left to happen, and the work is not done');
    const { id, timer } = first;
    this.now = timer.at;
    if (timer.repeats === undefined) this.timers.delete(id);
    else timer.at += timer.repeats;
    timer.call();
  }
}
