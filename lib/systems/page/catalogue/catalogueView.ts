import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import {
  BehaviorSubject,
  catchError,
  debounceTime,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  merge,
  share,
  Subject,
  Subscription,
  switchMap,
  tap,
  throttleTime,
  type Observable,
} from 'rxjs';
import { fetchSources, type Filter, type Source } from './api.ts';
import { ending } from './ending.ts';
import { readFilter, writeFilter } from './filterInAddress.ts';
import { huesOf } from './huesOf.ts';
import { notices } from './notices.ts';
import { walkCatalogue, type Walk } from './walkCatalogue.ts';

/** Quiet time after the last key before a search starts. */
const TYPING_MS = 200;

/** The sources are asked about at most this often while the list grows. */
const REPORT_MS = 1_000;

/** How far below the screen the end of the list may be before the next page is fetched. */
const AHEAD = '1500px';

/** The catalogue: search, sources, and the list that grows as the reader scrolls. */
export class CatalogueView extends LitElement {
  static override readonly properties = { walk: { state: true }, sources: { state: true }, filter: { state: true } };

  declare private walk: Walk | undefined;
  declare private sources: readonly Source[];
  declare private filter: Filter;

  private readonly filters = new BehaviorSubject<Filter>(readFilter());
  private readonly typed = new Subject<string>();
  private readonly again = new Subject<void>();
  private readonly demand = new Subject<void>();
  private readonly end = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.demand.next();
    },
    { rootMargin: AHEAD },
  );
  private running = new Subscription();

  constructor() {
    super();
    this.walk = undefined;
    this.sources = [];
    this.filter = this.filters.value;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const walk$ = merge(this.filters, this.again.pipe(map(() => this.filters.value))).pipe(
      tap((filter) => {
        this.filter = filter;
        writeFilter(filter);
        window.scrollTo({ top: 0 });
      }),
      switchMap((filter) => walkCatalogue(filter, this.demand)),
      share(),
    );
    const answer$ = walk$.pipe(filter(({ kind }) => kind !== 'loading')); // a source may have failed for it
    const sources$ = merge(this.filters, this.again, answer$).pipe(
      map(() => undefined),
      throttleTime(REPORT_MS, undefined, { leading: true, trailing: true }),
      switchMap(() => fetchSources().pipe(catchError(() => EMPTY))),
    );

    this.running = new Subscription();
    this.run(this.typed.pipe(debounceTime(TYPING_MS), distinctUntilChanged()), (query) => this.narrow({ query }));
    this.run(walk$, (walk) => (this.walk = walk));
    this.run(sources$, ({ sources }) => (this.sources = sources));
    this.running.add(() => this.end.disconnect());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.running.unsubscribe();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Watches the end of the list anew after each page: an observer only tells of changes. */
  protected override updated(changed: PropertyValues): void {
    if (!changed.has('walk')) return;
    this.end.disconnect();
    const end = this.querySelector('#end');
    if (end !== null && this.walk?.kind === 'more') this.end.observe(end);
  }

  protected override render(): TemplateResult {
    const { walk, sources } = this;
    const hues = huesOf(sources);
    return html`
      <header>
        <div class="bar">
          <h1 tabindex="-1"><img src="/assets/icon.svg" alt="" width="24" height="24" /> Catalogue</h1>
          <search>
            <input
              type="search"
              aria-label="Search packages"
              placeholder="Search by name or description"
              autocomplete="off"
              spellcheck="false"
              maxlength="256"
              .value=${this.filter.query}
              @input=${({ currentTarget }: { currentTarget: HTMLInputElement }) => this.typed.next(currentTarget.value)}
            />
          </search>
        </div>
        <div class="bar under">
          <div class="sources" role="group" aria-label="Show only">
            ${sources.map((source) => this.chip(source, hues.get(source.name) ?? 0))}
          </div>
          <p class="count">${counted(walk)}</p>
        </div>
      </header>
      <main id="list" tabindex="-1">
        <div aria-live="polite">${walk === undefined ? nothing : notices(walk, () => this.again.next())}</div>
        <package-list
          .items=${walk?.items ?? []}
          .hues=${hues}
          .complete=${walk?.kind === 'end'}
          aria-busy=${walk?.kind === 'loading' ? 'true' : 'false'}
        ></package-list>
        <div id="end" role="status">${walk === undefined ? nothing : ending(walk, () => this.demand.next())}</div>
      </main>
    `;
  }

  private chip({ name, state, lastError }: Source, hue: number): TemplateResult {
    const on = this.filter.sources.includes(name);
    const sources = on ? this.filter.sources.filter((other) => other !== name) : [...this.filter.sources, name];
    const lost = state === 'unreachable';
    return html`
      <button
        type="button"
        class="chip ${lost ? 'lost' : ''}"
        aria-pressed=${on ? 'true' : 'false'}
        title=${lost ? (lastError?.reason ?? 'unreachable') : name}
        .style=${`--hue: ${hue}`}
        @click=${() => this.narrow({ sources })}
      >
        ${name}${lost ? html`<span class="hidden"> (unreachable)</span>` : nothing}
      </button>
    `;
  }

  private run<T>(stream: Observable<T>, next: (value: T) => void): void {
    this.running.add(stream.subscribe({ next, error: reportError }));
  }

  private narrow(change: Partial<Filter>): void {
    this.filters.next({ ...this.filters.value, ...change });
  }
}

function counted(walk: Walk | undefined): string {
  if (walk === undefined) return '';
  const count = walk.items.length.toLocaleString('en');
  if (walk.kind === 'end') return `${count} ${walk.items.length === 1 ? 'package' : 'packages'}`;
  return walk.items.length === 0 ? '' : `${count} packages so far`;
}
