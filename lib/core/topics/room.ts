import type { SharedBudget } from './budget.ts';

/** How much room a waiting line has. */
export interface RoomOptions {
  readonly bufferSize: number;
  readonly budget: { readonly shared: SharedBudget; readonly guaranteed: number } | undefined;
}

/** The room of one waiting line: its own, and its share of a budget beyond what it is guaranteed. */
export class Room {
  taken = 0;
  private readonly bufferSize: number;
  private readonly budget: RoomOptions['budget'];

  constructor({ bufferSize, budget }: RoomOptions) {
    this.bufferSize = bufferSize;
    this.budget = budget;
  }

  /** Takes room for one more value, if there is any. */
  enter(): boolean {
    const { bufferSize, budget } = this;
    if (this.taken >= bufferSize) return false;
    if (budget && this.taken >= budget.guaranteed && !budget.shared.take()) return false;
    this.taken++;
    return true;
  }

  leave(): void {
    const { budget } = this;
    this.taken--;
    if (budget && this.taken >= budget.guaranteed) budget.shared.give();
  }

  /** Calls back once when others have made room. Where its own room is used up, there is no need to be told. */
  wait(callBack: () => void): void {
    if (this.taken < this.bufferSize) this.budget?.shared.wait(callBack);
  }

  forget(callBack: () => void): void {
    this.budget?.shared.forget(callBack);
  }
}
