const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] as const;

/** Runs `body` and lists what it has done besides: timers, listeners, globals, and reads of clock, chance and environment. */
export async function watchEffects(body: () => unknown): Promise<readonly string[]> {
  const effects = new Set<string>();
  const undo: (() => void)[] = [];

  const watch = <T extends object>(owner: T, name: keyof T & string, effect: string) => {
    const original = owner[name];
    if (typeof original !== 'function') return;
    const watched = function (this: unknown, ...args: unknown[]): unknown {
      effects.add(effect);
      return Reflect.apply(original, this, args) as unknown;
    };
    Object.defineProperty(owner, name, { value: watched, configurable: true, writable: true });
    undo.push(() => Object.defineProperty(owner, name, { value: original, configurable: true, writable: true }));
  };

  for (const name of TIMERS) watch(globalThis, name, name);
  watch(globalThis, 'fetch', 'fetch');
  watch(Date, 'now', 'Date.now');
  watch(performance, 'now', 'performance.now');
  watch(Math, 'random', 'Math.random');
  watch(process, 'on', 'process.on'); // `once` comes by here
  watch(EventTarget.prototype, 'addEventListener', 'addEventListener');

  const environment = process.env;
  process.env = new Proxy(environment, {
    get: (target, key) => {
      effects.add(`process.env.${String(key)}`);
      return Reflect.get(target, key) as unknown;
    },
  });
  undo.push(() => {
    process.env = environment;
  });

  const globals = new Set(Reflect.ownKeys(globalThis));
  try {
    await body();
  } finally {
    for (const restore of undo.reverse()) restore();
  }
  for (const key of Reflect.ownKeys(globalThis)) if (!globals.has(key)) effects.add(`globalThis.${String(key)}`);
  return [...effects].sort();
}
