import type { Observer, ObserverOptions } from './observer.ts';

/** Makes an observer. */
export function createObserver(options: ObserverOptions): Observer {
  throw new Error(`not built yet: ${options.sources.length}`);
}
