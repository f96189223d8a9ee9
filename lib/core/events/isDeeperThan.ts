/** Whether lists and objects are nested more than `depth` deep. Needs no stack, however deep they are. */
export function isDeeperThan(depth: number, value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let deep = 0; level.length > 0; deep++) {
    const inner = level.filter((part): part is object => typeof part === 'object' && part !== null);
    if (inner.length > 0 && deep >= depth) return true;
    level = inner.flatMap((part) => Object.values(part) as readonly unknown[]);
  }
  return false;
}
