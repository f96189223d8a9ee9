import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { combineLatest, map, shareReplay, Subject } from 'rxjs';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { explained } from '../graph/explained.ts';
import type { Explanation } from '../graph/explanation.ts';
import { view$ } from '../live/live.ts';
import type { LiveView } from '../../../contracts/liveView.ts';
import { Deed } from '../parts/deed.ts';
import { deedNote } from '../parts/deedNote.ts';
import { polledNote } from '../parts/polledNote.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import type { Demo, DemoChange } from './demo.ts';
import { expectation } from './expectation.ts';
import { focusOf } from './focusOf.ts';
import { sourceKnobs } from './sourceKnobs.ts';
import { subscriberKnobs } from './subscriberKnobs.ts';

/** Something to try things out with: what handlers do can be changed, and what comes of it is beside it. */
export class DemoView extends LitElement {
  private readonly again = new Subject<void>();
  private readonly change = new Deed(this);
  private readonly view = new Watched<LiveView | undefined>(this, view$, undefined);
  private readonly demo$ = polled(() => ask<Demo>('/v1/demo'), { again$: this.again }).pipe(
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  private readonly demo = new Watched<Polled<Demo>>(this, this.demo$, {});
  private readonly explanation = new Watched<Polled<Explanation>>(
    this,
    explained(
      combineLatest([view$, this.demo$]).pipe(
        map(([view, { value: demo }]) =>
          focusOf(view?.nodes ?? [], demo?.sources.some(({ running }) => !running) ?? false),
        ),
      ),
    ),
    {},
  );

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { value: polledDemo } = this.demo;
    const { value: demo } = polledDemo;
    const reset = html`<button type="button" class="action" ?disabled=${!demo} @click=${() => this.reset()}>
      Reset
    </button>`;
    return html`
      <main id="list" tabindex="-1">
        ${viewHead('Demo', reset)} ${polledNote(polledDemo)}
        ${
          demo
            ? html`
                <p class="expectation" role="status"><b>To expect</b> ${expectation(demo)}</p>
                <p class="expectation"><b>Explain says</b> ${this.explanation.value.value?.sentence ?? '…'}</p>
                ${deedNote(this.change)} ${sourceKnobs(demo.sources, (change) => this.set(change))}
                ${subscriberKnobs(demo.subscribers, this.view.value?.nodes ?? [], (change) => this.set(change))}
              `
            : nothing
        }
      </main>
    `;
  }

  private set(body: DemoChange): void {
    this.change.run(ask<Demo>('/v1/demo', { method: 'PATCH', body }), () => this.asked());
  }

  private reset(): void {
    this.change.run(ask<Demo>('/v1/demo/reset', { method: 'POST', body: {} }), () => this.asked());
  }

  private asked(): string {
    this.again.next();
    return '';
  }
}
