/** A line of values in a buffer whose length is a power of two. */
class Ring {
  constructor() {
    this.slots = new Array(16);
    this.head = 0;
    this.size = 0;
  }

  push(value) {
    if (this.size === this.slots.length) this.grow();
    this.slots[(this.head + this.size++) & (this.slots.length - 1)] = value;
  }

  shift() {
    const value = this.slots[this.head];
    this.slots[this.head] = undefined;
    this.head = (this.head + 1) & (this.slots.length - 1);
    this.size--;
    return value;
  }

  grow() {
    const { slots, head, size } = this;
    this.slots = new Array(size * 2);
    for (let i = 0; i < size; i++) this.slots[i] = slots[(head + i) & (size - 1)];
    this.head = 0;
  }
}

/** The limit of the fan-out suite: a counter, a ring and one callback shared by all calls. */
export function ringLimiter(handle, concurrency, onIdle) {
  const waiting = new Ring();
  let running = 0;
  const start = (value) => {
    running++;
    handle(value).then(release, release);
  };
  const release = () => {
    running--;
    while (running < concurrency && waiting.size > 0) start(waiting.shift());
    if (running === 0 && waiting.size === 0) onIdle();
  };
  return (value) => {
    if (running < concurrency) start(value);
    else waiting.push(value);
  };
}
