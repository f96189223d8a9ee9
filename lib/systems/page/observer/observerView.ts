import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { map, timer } from 'rxjs';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { view$ } from '../live/live.ts';
import type { LiveNode, LiveView } from '../../../contracts/liveView.ts';
import { dataTable } from '../parts/dataTable.ts';
import { moreElsewhere } from '../parts/moreElsewhere.ts';
import { nameText } from '../parts/nameText.ts';
import { polledNote } from '../parts/polledNote.ts';
import { stateBadge } from '../parts/stateBadge.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import { ageText } from '../words/ageText.ts';
import { countText } from '../words/countText.ts';
import { oneLine } from '../words/oneLine.ts';
import { plural } from '../words/plural.ts';
import { timeText } from '../words/timeText.ts';

/** A registration: see /openapi.json. */
interface Registration {
  readonly id: string;
  readonly qmgr: string;
  readonly queue: string;
  readonly notify: string;
  readonly failcount: number;
  readonly backoff: string | null;
  readonly last_updated: string;
  readonly state: 'active' | 'quarantined';
}

interface Page {
  readonly items: readonly Registration[];
  readonly nextPageToken: string;
}

/** Who is told of which queues, and who is left alone for now. */
export class ObserverView extends LitElement {
  private readonly view = new Watched<LiveView | undefined>(this, view$, undefined);
  private readonly page = new Watched<Polled<Page>>(
    this,
    polled(() => ask<Page>('/register?pageSize=200'), { everyMs: 5_000 }),
    {},
  );
  private readonly now = new Watched(this, timer(0, 1_000).pipe(map(() => Date.now())), Date.now());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { value: page } = this.page;
    const observers = this.view.value?.nodes.filter(({ kind }) => kind === 'observer') ?? [];
    const items = page.value?.items ?? [];
    return html`
      <main id="list" tabindex="-1">
        ${viewHead('Observer')} ${observers.map(observerTally)}
        ${page.failure?.status === 401 ? KEYS : polledNote(page)} ${page.value ? managers(items) : nothing}
        ${page.value ? this.table(items) : nothing} ${moreElsewhere(page.value?.nextPageToken, '/register')}
      </main>
    `;
  }

  private table(rows: readonly Registration[]): TemplateResult {
    return dataTable<Registration>({
      label: 'Registrations',
      rows,
      key: ({ id }) => id,
      empty: 'Nobody is registered.',
      columns: [
        {
          title: 'Queue',
          kind: 'name',
          cell: ({ queue, qmgr }) => html`${nameText(queue)} <small>of ${oneLine(qmgr)}</small>`,
        },
        { title: 'Told', kind: 'wide', cell: ({ notify }) => nameText(notify) },
        { title: 'State', cell: ({ state }) => stateBadge(state) },
        { title: 'Failures', kind: 'number', cell: ({ failcount }) => countText(failcount) },
        { title: 'Told again in', kind: 'number', cell: ({ backoff }) => this.countdown(backoff) },
        { title: 'Changed', kind: 'number', cell: ({ last_updated }) => timeText(last_updated) },
      ],
    });
  }

  private countdown(backoff: string | null): string {
    if (backoff === null) return '–';
    const left = Date.parse(backoff) - this.now.value;
    return left > 0 ? ageText(Math.ceil(left / 1_000) * 1_000) : 'now';
  }
}

const KEYS = html`<p class="quiet">
  Each owner of a key sees registrations of its own, which this page does not ask for: <code>GET /register</code> lists
  them.
</p>`;

function observerTally({ name, figures }: LiveNode): TemplateResult {
  const { registrations = 0, quarantined = 0, running = 0 } = figures;
  return html`
    <p class="tally">
      <span>${nameText(name === '' ? 'no queue manager' : name)}</span>
      <span>${plural(registrations, 'registration')}</span>
      <span>${countText(quarantined)} in quarantine</span>
      <span>${countText(running)} being told</span>
    </p>
  `;
}

function managers(items: readonly Registration[]): TemplateResult | typeof nothing {
  const counts = new Map<string, number>();
  for (const { qmgr } of items) counts.set(qmgr, (counts.get(qmgr) ?? 0) + 1);
  if (counts.size === 0) return nothing;
  return html`
    <section aria-label="Queue managers">
      <h2>Queue managers</h2>
      <ul class="pills" role="list">
        ${[...counts].map(([name, count]) => html`<li>${nameText(name)} <span class="num">${countText(count)}</span></li>`)}
      </ul>
    </section>
  `;
}
