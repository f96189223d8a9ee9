const SETTERS = ['setTimeout', 'setInterval', 'setImmediate'] as const;
const CLEARERS = ['clearTimeout', 'clearInterval', 'clearImmediate'] as const;

/**
 * Runs `body`, which must be synchronous, on timers that never fire, and tells how many of them are still set.
 *
 * Not for use inside TestScheduler.run, whose timers are not the global ones.
 */
export function countTimers(body: () => void): number {
  const scope = globalThis as unknown as Record<string, unknown>;
  const names = [...SETTERS, ...CLEARERS].filter((name) => name in scope);
  const originals = names.map((name) => [name, scope[name]] as const);
  const set = new Set<number>();
  let ids = 0;

  const setter = (): number => {
    set.add(++ids);
    return ids;
  };
  const clearer = (id: number): void => void set.delete(id);

  for (const name of SETTERS) scope[name] = setter;
  for (const name of CLEARERS) scope[name] = clearer;
  try {
    body();
  } finally {
    for (const name of [...SETTERS, ...CLEARERS]) Reflect.deleteProperty(scope, name);
    for (const [name, original] of originals) scope[name] = original;
  }
  return set.size;
}
