import { html, LitElement, type TemplateResult } from 'lit';
import { accessToken$ } from '../api/accessToken.ts';
import { history$, view$ } from '../live/live.ts';
import type { LiveView } from '../../../contracts/liveView.ts';
import { HISTORY_MS, noHistory, type Sample } from '../live/processHistory.ts';
import { lineChart } from '../parts/lineChart.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import { ageText } from '../words/ageText.ts';
import { bytesText } from '../words/bytesText.ts';
import { countText } from '../words/countText.ts';
import { download } from './download.ts';

interface Chart {
  readonly title: string;
  readonly of: (sample: Sample) => number;
  readonly text: (value: number) => string;
  readonly atLeast: number;
}

const MEBIBYTE = 1024 ** 2;
const CHARTS: readonly Chart[] = [
  { title: 'Event loop lag, 99 %', of: ({ lagP99Ms }) => lagP99Ms, text: lagText, atLeast: 20 },
  { title: 'CPU', of: ({ cpu }) => cpu, text: (cores) => `${(cores * 100).toFixed(0)} %`, atLeast: 0.25 },
  { title: 'Heap in use', of: ({ heapUsedBytes }) => heapUsedBytes, text: bytesText, atLeast: 32 * MEBIBYTE },
  { title: 'Resident memory', of: ({ residentBytes }) => residentBytes, text: bytesText, atLeast: 64 * MEBIBYTE },
];
const FORMATS = [
  { format: 'json', name: 'JSON', file: 'snapshot.json' },
  { format: 'mermaid', name: 'Mermaid', file: 'snapshot.mmd' },
  { format: 'dot', name: 'DOT', file: 'snapshot.dot' },
];

/** How the process does: its turn, its processor time, its memory, and how much there is in it. */
export class ProcessView extends LitElement {
  private readonly history = new Watched(this, history$, noHistory);
  private readonly view = new Watched<LiveView | undefined>(this, view$, undefined);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { value: view } = this.view;
    const up = view ? `up ${ageText(view.process.uptimeMs)}` : '';
    return html`
      <main id="list" tabindex="-1">
        ${viewHead('Process', html`<p class="count">${up}</p>`)}
        <div class="charts">
          ${CHARTS.map(({ of, ...chart }) => {
            const points = this.history.value.map((sample) => ({ time: sample.time, value: of(sample) }));
            return lineChart({ ...chart, points, spanMs: HISTORY_MS });
          })}
        </div>
        <section aria-label="Totals">
          <h2>What there is</h2>
          <dl class="totals">
            ${Object.entries(view?.totals ?? {})
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(
                ([kind, count]) =>
                  html`<div>
                    <dt>${kind}</dt>
                    <dd>${countText(count)}</dd>
                  </div>`,
              )}
          </dl>
        </section>
        <section aria-label="Snapshot">
          <h2>Snapshot</h2>
          <p class="links">
            ${FORMATS.map(
              ({ format, name, file }) =>
                html`<a
                  class="action"
                  href="/v1/console/snapshot?format=${format}"
                  download=${file}
                  @click=${(event: Event) => saveWithToken(event, format, file)}
                  >${name}</a
                >`,
            )}
          </p>
        </section>
      </main>
    `;
  }
}

/** A link shows no token: where there is one, the page asks itself. */
function saveWithToken(event: Event, format: string, file: string): void {
  if (accessToken$.value === '') return;
  event.preventDefault();
  download(`/v1/console/snapshot?format=${format}`, file).catch(reportError);
}

function lagText(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
