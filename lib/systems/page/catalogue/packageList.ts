import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { animationFrameScheduler, auditTime, fromEvent, merge, type Subscription } from 'rxjs';
import type { Item } from './api.ts';

/** Rows drawn above and below what is on screen. */
const MARGIN = 12;

/**
 * A list of any length, of which only the rows on screen are in the document. All rows are equally high (`--row` in
 * page.css), so the place of each is known without measuring it.
 */
export class PackageList extends LitElement {
  static override readonly properties = { items: {}, hues: {}, complete: {} };

  declare items: readonly Item[];
  /** The colour of each source, as an angle. */
  declare hues: ReadonlyMap<string, number>;
  /** Whether `items` is the whole list. */
  declare complete: boolean;

  private scrolling: Subscription | undefined = undefined;

  constructor() {
    super();
    this.items = [];
    this.hues = new Map();
    this.complete = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.scrolling = merge(fromEvent(window, 'scroll', { passive: true }), fromEvent(window, 'resize'))
      .pipe(auditTime(0, animationFrameScheduler))
      .subscribe({ next: () => this.requestUpdate(), error: reportError });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.scrolling?.unsubscribe();
  }

  /** In the document itself, so that one style sheet and one accessibility tree cover the page. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const row = this.rowHeight();
    const top = Math.max(0, -this.getBoundingClientRect().top);
    const first = Math.max(0, Math.floor(top / row) - MARGIN);
    const last = Math.min(this.items.length, Math.ceil((top + window.innerHeight) / row) + MARGIN);
    const size = this.complete ? this.items.length : -1;

    return html`
      <div class="list" .style=${`height: ${this.items.length * row}px`}>
        <ul role="list" aria-label="Packages" .style=${`transform: translateY(${first * row}px)`}>
          ${this.items.slice(first, last).map((item, i) => this.row(item, first + i + 1, size))}
        </ul>
      </div>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('items') && changed.get('items') === undefined) this.requestUpdate(); // its own place is known now
  }

  private row({ name, version, source, description }: Item, position: number, size: number): TemplateResult {
    return html`
      <li aria-posinset=${position} aria-setsize=${size}>
        <span class="name">${name}</span>
        <span class="version">${version}</span>
        <span class="badge" .style=${`--hue: ${this.hues.get(source) ?? 0}`}>${source}</span>
        ${description === undefined ? nothing : html`<span class="description">${description}</span>`}
      </li>
    `;
  }

  private rowHeight(): number {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    return Number.parseFloat(getComputedStyle(this).getPropertyValue('--row')) * rem;
  }
}
