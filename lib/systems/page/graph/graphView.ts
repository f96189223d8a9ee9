import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { BehaviorSubject, debounceTime, startWith, Subject } from 'rxjs';
import type { Polled } from '../api/polled.ts';
import { watchLive, view$ } from '../live/live.ts';
import type { LiveQuery } from '../live/liveQuery.ts';
import type { LiveView } from '../../../contracts/liveView.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import { plural } from '../words/plural.ts';
import { edges } from './edges.ts';
import { explained } from './explained.ts';
import type { Explanation } from './explanation.ts';
import { graphCard } from './graphCard.ts';
import { graphLines } from './graphLines.ts';
import { layout } from './layout.ts';
import { nodePanel } from './nodePanel.ts';

/** Quiet time after the last key before the server is asked for other things. */
const TYPING_MS = 200;

/** Everything that holds values, what belongs to it, and who waits for whom, as it stands now. */
export class GraphView extends LitElement {
  private readonly picked = new BehaviorSubject<number | undefined>(undefined);
  private readonly typed = new Subject<string>();
  private readonly view = new Watched<LiveView | undefined>(this, view$, undefined);
  private readonly name = new Watched(this, this.typed.pipe(debounceTime(TYPING_MS), startWith('')), '');
  private readonly explanation = new Watched<Polled<Explanation>>(this, explained(this.picked), {});
  private kind = '';
  private width = 0;
  private readonly sizes = new ResizeObserver(([entry]) => {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.width = (entry?.contentRect.width ?? 0) / rem;
    this.requestUpdate();
    void this.updateComplete.then(() => this.lineOf(this.picked.value)?.scrollIntoView({ block: 'nearest' })); // it may have moved
  });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.sizes.observe(this.querySelector('.canvas')!);
  }

  protected override updated(): void {
    watchLive(this.query());
  }

  protected override render(): TemplateResult {
    const { value: view } = this.view;
    const { value: picked } = this.picked;
    const node = view?.nodes.find(({ id }) => id === picked);
    return html`
      <main id="list" tabindex="-1" class="wide" @keydown=${(event: KeyboardEvent) => this.leave(event)}>
        ${viewHead('Graph', this.tools(view))} ${view && view.omitted > 0 ? omittedNote(view.omitted) : nothing}
        <div class="graph ${picked === undefined ? '' : 'with-panel'}">
          <div class="canvas">${view ? this.canvas(view) : nothing}</div>
          ${
            picked === undefined || view === undefined
              ? nothing
              : nodePanel({
                  node,
                  view,
                  explanation: this.explanation.value,
                  pick: (id) => this.pick(id),
                  close: () => this.close(),
                })
          }
        </div>
      </main>
    `;
  }

  private tools({ totals = {} }: Partial<LiveView> = {}): TemplateResult {
    return html`
      <search class="tools">
        <input
          type="search"
          aria-label="Filter by name"
          placeholder="Filter by name"
          maxlength="256"
          autocomplete="off"
          spellcheck="false"
          @input=${({ currentTarget }: { currentTarget: HTMLInputElement }) => this.typed.next(currentTarget.value)}
        />
        <select
          aria-label="Kind"
          @change=${({ currentTarget }: { currentTarget: HTMLSelectElement }) => {
            this.kind = currentTarget.value;
            this.requestUpdate();
          }}
        >
          <option value="">All kinds</option>
          ${repeat(
            Object.entries(totals).sort(([a], [b]) => (a < b ? -1 : 1)),
            ([kind]) => kind,
            ([kind, count]) => html`<option value=${kind}>${kind} (${count})</option>`,
          )}
        </select>
      </search>
    `;
  }

  private canvas(view: LiveView): TemplateResult | typeof nothing {
    if (this.width === 0) return nothing;
    if (view.nodes.length === 0) return html`<p class="quiet">Nothing matches.</p>`;
    const placed = layout(view.nodes, this.width);
    const chain = new Set(this.explanation.value.value?.chain.map(({ id }) => id));
    const marks = { picked: this.picked.value, chain, pick: (id: number) => this.pick(id) };
    return html`
      <div class="sheet" .style=${`height: ${placed.height}rem`}>
        ${graphLines(placed, edges(placed), chain)}
        <ul role="list" aria-label="Things that hold values">
          ${repeat(
            placed.cards,
            ({ node }) => node.id,
            (card) => graphCard(card, marks),
          )}
        </ul>
      </div>
    `;
  }

  private query(): LiveQuery {
    const { kind } = this;
    return { name: this.name.value.trim(), kinds: kind === '' ? [] : [kind] };
  }

  private pick(id: number): void {
    this.picked.next(id);
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>('.panel h2')?.focus({ preventScroll: true });
      this.lineOf(id)?.scrollIntoView({ block: 'nearest' });
    });
  }

  private close(): void {
    const { value: id } = this.picked;
    this.picked.next(undefined);
    this.requestUpdate();
    void this.updateComplete.then(() => this.lineOf(id)?.focus());
  }

  private lineOf(id: number | undefined): HTMLElement | null {
    return id === undefined ? null : this.querySelector<HTMLElement>(`[data-node="${id}"]`);
  }

  private leave({ key }: KeyboardEvent): void {
    if (key === 'Escape' && this.picked.value !== undefined) this.close();
  }
}

function omittedNote(omitted: number): TemplateResult {
  const more = plural(omitted, 'more is', 'more are');
  return html`<p class="omitted">
    ${more} not shown: those that need a look least. Filter by name or kind to see others.
  </p>`;
}
