/**
 * Tells whether a next page token leads on, in constant memory: every token is compared with one kept from further and
 * further back (Brent's cycle detection), so that a loop is found within three times its length.
 */
export class LoopGuard {
  private kept: string | undefined = undefined;
  private steps = 0;
  private reach = 1;

  leadsOn(token: string | undefined, next: string): boolean {
    if (next === token || next === this.kept) return false;
    if (++this.steps === this.reach) {
      this.kept = next;
      this.steps = 0;
      this.reach *= 2;
    }
    return true;
  }
}
