/** Those who are told of changes, as they come: a list of callbacks, for where a stream costs too much. None of them throws. */
export class Listeners<T> {
  private list: readonly ((change: T) => void)[] = NOBODY; // made anew by each change, so that it can be gone through meanwhile

  /** What is returned takes it out again. */
  add(listener: (change: T) => void): () => void {
    this.list = [...this.list, listener];
    return () => {
      this.list = this.list.filter((one) => one !== listener);
    };
  }

  tell(change: T): void {
    for (const listener of this.list) listener(change);
  }
}

const NOBODY: readonly never[] = [];
