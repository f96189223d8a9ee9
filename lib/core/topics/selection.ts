import type { Offering } from './dispatcher.ts';
import type { Publication } from './publication.ts';
import type { Roster } from './roster.ts';

/** Some of the subscribers of a topic: those of these ids that are there when something is offered to them. */
export class Selection<A> implements Offering<A> {
  private readonly roster: Roster<A>;
  private readonly ids: ReadonlySet<string>;

  constructor(roster: Roster<A>, ids: ReadonlySet<string>) {
    this.roster = roster;
    this.ids = ids;
  }

  offer(publication: Publication<A>): void {
    const { receipt } = publication;
    const selected = this.roster.list.filter(({ id, isEnded }) => !isEnded && this.ids.has(id));
    for (const attached of selected) {
      if (attached.isEnded) receipt?.skipped(attached);
      else attached.offer(publication);
    }
    receipt?.dispatched(selected, selected.length);
  }
}
