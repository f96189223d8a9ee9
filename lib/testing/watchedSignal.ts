/** A signal that tells how many listeners it has. */
export interface WatchedSignal {
  readonly signal: AbortSignal;
  readonly abort: (reason: unknown) => void;
  readonly listeners: () => number;
}

/** Makes an AbortSignal whose listeners are counted, which no platform does by itself. */
export function watchedSignal(): WatchedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Map<unknown, { readonly once: boolean }>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);

  signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject, options?: unknown) => {
    const once = typeof options === 'object' && options !== null && 'once' in options && options.once === true;
    listeners.set(listener, { once });
    add(type, listener, options as AddEventListenerOptions);
  };
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject, options?: unknown) => {
    listeners.delete(listener);
    remove(type, listener, options as EventListenerOptions);
  };

  return {
    signal,
    abort: (reason) => {
      controller.abort(reason);
      for (const [listener, { once }] of listeners) if (once) listeners.delete(listener);
    },
    listeners: () => listeners.size,
  };
}
