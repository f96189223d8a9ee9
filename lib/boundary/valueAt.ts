/**
 * Finds a value in JSON data by a JSON pointer (`/metadata/name`) or a dotted path (`metadata.name`), or by its steps; ''
 * is the whole.
 */
export function valueAt(path: string | readonly string[], data: unknown): unknown {
  let value = data;
  for (const step of typeof path === 'string' ? stepsOf(path) : path) {
    // Own properties only: no path leads to a prototype.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** The path as a JSON pointer, for messages. */
export function pointerOf(path: string): string {
  return stepsOf(path)
    .map((step) => '/' + step.replaceAll('~', '~0').replaceAll('/', '~1'))
    .join('');
}

/** The keys that a path goes by. */
export function stepsOf(path: string): readonly string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) return path.split('.');
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
