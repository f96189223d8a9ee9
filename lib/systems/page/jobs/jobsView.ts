import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { of, Subject, switchMap } from 'rxjs';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { dataTable } from '../parts/dataTable.ts';
import { Deed } from '../parts/deed.ts';
import { deedNote } from '../parts/deedNote.ts';
import { moreButton } from '../parts/moreButton.ts';
import { nameText } from '../parts/nameText.ts';
import { pagedList } from '../parts/pagedList.ts';
import { polledNote } from '../parts/polledNote.ts';
import { sendForm } from '../parts/sendForm.ts';
import { stateBadge } from '../parts/stateBadge.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import { timeText } from '../words/timeText.ts';
import { followJob, type Followed } from './followJob.ts';
import type { Job, JobKind } from './job.ts';
import { jobText } from './jobText.ts';

/** Jobs: starting one, how each stands, what one tells. */
export class JobsView extends LitElement {
  private readonly start = new Deed(this);
  private readonly cancel = new Deed(this);
  private readonly followed = new Subject<string | undefined>();
  private readonly jobs = pagedList<Job>(this, '/v1/jobs');
  private readonly kinds = new Watched<Polled<{ readonly items: readonly JobKind[] }>>(
    this,
    polled(() => ask<{ items: readonly JobKind[] }>('/v1/jobs/kinds?pageSize=200'), { everyMs: 60_000 }),
    {},
  );
  private readonly told = new Watched<Followed | undefined>(
    this,
    this.followed.pipe(switchMap((id) => (id === undefined ? of(undefined) : followJob(id)))),
    undefined,
  );

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const state = this.jobs.state();
    const kinds = this.kinds.value.value?.items ?? [];
    return html`
      <main id="list" tabindex="-1">
        ${viewHead('Jobs')}
        ${sendForm({
          title: 'Start a job',
          choice: 'Kind',
          choices: kinds.map(({ name, input }) => ({ name, takes: input })),
          data: '{}',
          button: 'Start',
          deed: this.start,
          send: (kind, data) => this.begin(kind, data),
        })}
        ${this.messages()} ${deedNote(this.cancel)} ${polledNote(state)}
        ${state.value ? this.table(state.value) : nothing} ${moreButton(this.jobs)}
      </main>
    `;
  }

  private table(jobs: readonly Job[]): TemplateResult {
    return dataTable<Job>({
      label: 'Jobs, the newest first',
      rows: jobs,
      key: ({ id }) => id,
      empty: 'No job was started yet.',
      columns: [
        { title: 'Kind', kind: 'name', cell: ({ kind }) => nameText(kind) },
        { title: 'State', cell: ({ state }) => stateBadge(state) },
        { title: 'Started', kind: 'number', cell: ({ startTime, createTime }) => timeText(startTime ?? createTime) },
        { title: 'Last operation', kind: 'wide', cell: jobText },
        {
          title: 'Actions',
          kind: 'actions',
          cell: ({ id, state }) => html`
            <button type="button" class="action" @click=${() => this.followed.next(id)}>Follow</button>
            ${
              state === 'queued' || state === 'running'
                ? html`<button type="button" class="action" @click=${() => this.end(id)}>Cancel</button>`
                : nothing
            }
          `,
        },
      ],
    });
  }

  private messages(): TemplateResult | typeof nothing {
    const { value: told } = this.told;
    if (told === undefined) return nothing;
    return html`
      <section class="sheet-box" aria-label="Messages">
        <div class="box-head">
          <h2>What it tells</h2>
          <span class="kind">${told.isOver ? 'over' : 'goes on'}</span>
          <button type="button" class="action" @click=${() => this.followed.next(undefined)}>Close</button>
        </div>
        <ol class="messages" role="log" aria-label="Messages of the job" tabindex="0">
          ${repeat(
            told.lines,
            ({ key }) => key,
            ({ text }) => html`<li>${text}</li>`,
          )}
        </ol>
      </section>
    `;
  }

  private begin(kind: string, data: unknown): void {
    const started$ = ask<Job>(`/v1/jobs/${encodeURIComponent(kind)}`, { method: 'POST', body: data });
    this.start.run(started$, ({ id, state }) => {
      this.jobs.again();
      this.followed.next(id);
      return `The job is ${state}.`;
    });
  }

  private end(id: string): void {
    this.cancel.run(ask<Job>(`/v1/jobs/${encodeURIComponent(id)}`, { method: 'DELETE' }), () => {
      this.jobs.again();
      return 'The job is cancelled.';
    });
  }
}
