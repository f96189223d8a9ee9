/** What goes along with an item while it waits. Only the hook that made it knows what it is. */
export interface Carried {
  readonly carried: true;
}

/** A step on the way of an item. Names in it are those of a program, never those that its clients choose. */
export interface Step {
  readonly operation: 'publish' | 'wait' | 'process' | 'send' | 'receive' | 'run' | 'fetch' | 'request' | 'call';
  /** What it goes over: `rxfan` within a process, `rabbitmq`, `memory`, `http`. */
  readonly system: string;
  /** A topic, a queue, a source; with HTTP: the method. */
  readonly destination: string;
  /** Who of those that it is for. */
  readonly subscriber?: string | undefined;
  /** Counted from 1. */
  readonly attempt?: number | undefined;
  /** What became of it there, where it did not go on. */
  readonly outcome?: string | undefined;
  /** The other side, where it is a host. */
  readonly host?: string | undefined;
}

/** How a step ended. */
export interface StepEnd {
  /** Why it failed, if it did. */
  readonly failure?: unknown;
  /** Of an answer over HTTP. */
  readonly status?: number | undefined;
  /** Which of the paths that a server knows it was for: `/v1/jobs/:id`. */
  readonly route?: string | undefined;
}

/** A step that has begun. */
export interface Stretch {
  /** What runs within it. */
  readonly carried: Carried;
  /** Ends it, once. */
  end(how?: StepEnd): void;
}

/** The names of W3C trace context. */
export interface TraceHeaders {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** The same, as they are sent. */
export type SentTrace = Readonly<Record<string, string>>;

/** Who follows items on their way. None of it throws. */
export interface Carrier {
  /**
   * What an item carries that enters now; undefined where only the time of steps is taken. With a step, an item that belongs to
   * nothing begins something with it.
   */
  enter(step?: Step): Carried | undefined;
  /**
   * What an item carries that comes from elsewhere, as far as what it says of itself is well formed. `here`: where it says
   * nothing, or belongs to what runs now, it comes from that.
   */
  from(headers: TraceHeaders, how?: 'here'): Carried;
  /** What an item is sent with. `timed`: whoever takes it can tell how long it was on its way. */
  headers(carried?: Carried, how?: 'timed'): SentTrace | undefined;
  /** Does something where an item comes from. */
  run<R>(carried: Carried, work: () => R): R;
  /** Says that an item has waited, since a time in ms of the clock; default: since it entered, or was sent. */
  waited(step: Step, carried: Carried | undefined, since?: number): void;
  /** Begins a step of an item; without one, of what runs now. */
  begin(step: Step, carried: Carried | undefined): Stretch;
}

/** Who follows items, if anybody does. Things look here where an item enters, begins to wait, or is taken up. */
export const carrier: { current: Carrier | undefined } = { current: undefined };

/** Does something where an item comes from; or here, where nobody follows it. */
export function runCarried<R>(carried: Carried | undefined, work: () => R): R {
  const { current } = carrier;
  return current && carried ? current.run(carried, work) : work();
}

/** What is to be done later, where this comes from. With a step it is said that it waited until then. */
export function later<R>(work: () => R, step?: Step): () => R {
  const carried = carrier.current?.enter();
  if (!carried) return work;
  return () => {
    if (step) carrier.current?.waited(step, carried);
    return runCarried(carried, work);
  };
}
