import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { fromEvent, map, startWith } from 'rxjs';
import { tokenAsked$ } from '../api/accessToken.ts';
import type { LiveState } from '../live/connectLive.ts';
import { live$, watchLive } from '../live/live.ts';
import { Watched } from '../parts/watched.ts';
import { loadParts, type Parts } from './loadParts.ts';
import { navigation } from './navigation.ts';
import { tokenForm } from './tokenForm.ts';
import { viewOf } from './viewOf.ts';
import { views, type View } from './views.ts';

const LOADING: Parts = { kind: 'loading' };
const CONNECTING: LiveState = { kind: 'connecting' };
const [START] = views as readonly [View];

/** The frame around all views: navigation, connection, the form for a token. Where there is no console, the catalogue alone. */
export class ConsolePage extends LitElement {
  private readonly hash = new Watched(
    this,
    fromEvent(window, 'hashchange').pipe(
      startWith(undefined),
      map(() => location.hash.slice(1)),
    ),
    '',
  );
  private readonly parts = new Watched(this, loadParts(), LOADING);
  private readonly asked = new Watched(this, tokenAsked$, tokenAsked$.value);
  private readonly live = new Watched(this, live$, CONNECTING);
  private watched: string | undefined = undefined;
  private shown: string | undefined = undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Once per view: what it wants to see besides is its own affair. */
  protected override willUpdate(): void {
    const { hash, live } = this.current();
    if (this.watched === hash) return;
    this.watched = hash;
    watchLive(live);
  }

  protected override render(): TemplateResult {
    const { value: parts } = this.parts;
    const { value: asked } = this.asked;
    const current = this.current();
    const offered = this.offered();
    return html`
      ${offered.length > 1 ? navigation(offered, current, this.live.value) : nothing}
      ${asked === 'no' ? nothing : tokenForm(asked)}
      ${parts.kind === 'closed' && asked === 'no' && this.wanted() ? closed(parts.failure.detail) : nothing}
      ${parts.kind === 'loading' && this.wanted() ? nothing : viewOf(current.hash)}
    `;
  }

  /** Whoever comes to another view finds the focus at its beginning. */
  protected override updated(): void {
    const { hash, title } = this.current();
    if (this.parts.value.kind === 'loading' || this.shown === hash) return;
    const isFirst = this.shown === undefined;
    this.shown = hash;
    document.title = this.offered().length > 1 ? `${title} · rxfan` : title;
    if (isFirst) return;
    window.scrollTo({ top: 0 });
    requestAnimationFrame(() => this.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }));
  }

  private offered(): readonly View[] {
    const { value: parts } = this.parts;
    return parts.kind === 'known' ? views.filter(({ part }) => parts.parts.includes(part)) : [];
  }

  /** The view of the address; undefined where it is the first, or none. */
  private wanted(): View | undefined {
    return views.find(({ hash }) => hash === this.hash.value && hash !== START.hash);
  }

  private current(): View {
    const wanted = this.wanted();
    return this.offered().find((view) => view === wanted) ?? START;
  }
}

function closed(detail: string): TemplateResult {
  return html`<p class="notice warning" role="status">The console is closed: ${detail}</p>`;
}
