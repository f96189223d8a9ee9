/**
 * Freezes a message and the plain objects and arrays within it, so that no subscriber changes what its neighbour sees.
 *
 * What is frozen already is taken as it is, and so are class instances, maps, sets, buffers and functions: they may have
 * good reasons to change, and freezing would not reach what they hold.
 */
export function freeze<A>(message: A): A {
  if (!isOpen(message)) return message;
  const open: object[] = [message];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    Object.freeze(next);
    for (const key in next) {
      const part: unknown = next[key as keyof typeof next];
      if (isOpen(part)) open.push(part);
    }
  }
  return message;
}

function isOpen(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
