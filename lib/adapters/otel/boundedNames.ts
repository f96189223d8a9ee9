/** Which names have series of their own: those that came first, for good, since whoever collects series keeps them. */
export class BoundedNames {
  private readonly own = new Set<string>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** Whether a name has a series of its own. Of those that have none nothing is kept. */
  has(name: string): boolean {
    if (this.own.has(name)) return true;
    if (this.own.size >= this.most) return false;
    this.own.add(name);
    return true;
  }
}
