import { VirtualScheduler } from './virtualScheduler.ts';

/** Virtual time that goes on by one action at a time, for whoever decides what is next. */
export class SteppedScheduler extends VirtualScheduler {
  get hasWork(): boolean {
    return this.actions.length > 0;
  }

  /** Goes to the time of the next action, and runs it. */
  step(): void {
    const action = this.actions.shift();
    if (action === undefined) return;
    this.frame = action.delay;
    const failure: unknown = action.execute(action.state, action.delay);
    if (failure !== undefined) throw failure;
  }

  /** Forgets what is left. */
  clear(): void {
    this.actions.length = 0;
  }
}
