/**
 * Tells whether a next page token leads on, in constant memory: every token is compared with one kept from further and
 * further back (Brent's cycle detection), so that a loop is found within three times its length.
 */
export function createLoopGuard(): (token: string | undefined, next: string) => boolean {
  let kept: string | undefined;
  let steps = 0;
  let reach = 1;

  return (token, next) => {
    if (next === token || next === kept) return false;
    if (++steps === reach) {
      kept = next;
      steps = 0;
      reach *= 2;
    }
    return true;
  };
}
