import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { Subject } from 'rxjs';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { askFirst } from '../parts/askFirst.ts';
import { dataTable } from '../parts/dataTable.ts';
import { Deed } from '../parts/deed.ts';
import { deedNote } from '../parts/deedNote.ts';
import { moreElsewhere } from '../parts/moreElsewhere.ts';
import { nameText } from '../parts/nameText.ts';
import { polledNote } from '../parts/polledNote.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import { countText } from '../words/countText.ts';
import { oneLine } from '../words/oneLine.ts';
import { plural } from '../words/plural.ts';
import { timeText } from '../words/timeText.ts';

/** What was given up at one place: see /openapi.json. */
interface DeadLetters {
  readonly kind: 'queue' | 'route';
  readonly name: string;
  readonly count: number;
  readonly lastReason?: string;
  readonly lastTime?: string;
}

interface Page {
  readonly deadLetters: readonly DeadLetters[];
  readonly nextPageToken?: string;
}

/** What nobody could handle, where it lies, and why; it can be put in line again. */
export class DeadLettersView extends LitElement {
  private readonly again = new Subject<void>();
  private readonly redrive = new Deed(this);
  private readonly page = new Watched<Polled<Page>>(
    this,
    polled(() => ask<Page>('/v1/deadletters?pageSize=200'), { again$: this.again }),
    {},
  );

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { value: page } = this.page;
    return html`
      <main id="list" tabindex="-1">
        ${viewHead('Dead letters')} ${polledNote(page)} ${deedNote(this.redrive)}
        ${page.value ? this.table(page.value.deadLetters) : nothing}
        ${moreElsewhere(page.value?.nextPageToken, '/v1/deadletters')}
      </main>
    `;
  }

  private table(rows: readonly DeadLetters[]): TemplateResult {
    return dataTable<DeadLetters>({
      label: 'Dead letters',
      rows,
      key: ({ kind, name }) => `${kind} ${name}`,
      empty: 'Nothing was given up.',
      columns: [
        {
          title: 'Where',
          kind: 'name',
          cell: ({ kind, name }) => html`${nameText(name)} <span class="kind">${kind}</span>`,
        },
        { title: 'Count', kind: 'number', cell: ({ count }) => countText(count) },
        {
          title: 'Last reason',
          kind: 'wide',
          cell: ({ lastReason }) => (lastReason === undefined ? '–' : oneLine(lastReason)),
        },
        {
          title: 'Last time',
          kind: 'number',
          cell: ({ lastTime }) => (lastTime === undefined ? '–' : timeText(lastTime)),
        },
        {
          title: 'Actions',
          kind: 'actions',
          cell: (letters) =>
            letters.count === 0
              ? nothing
              : html`<button type="button" class="action" @click=${() => this.askRedrive(letters)}>Redrive</button>`,
        },
      ],
    });
  }

  private askRedrive({ kind, name, count }: DeadLetters): void {
    askFirst({
      title: 'Redrive dead letters?',
      says: `${plural(count, 'message goes', 'messages go')} in line again at ${kind} ${oneLine(name)}. Whatever was wrong with them should be mended first.`,
      yes: 'Redrive',
      then: () =>
        this.redrive.run(
          ask<{ redriven: number }>('/v1/deadletters/redrive', { method: 'POST', body: { kind, name } }),
          ({ redriven }) => {
            this.again.next();
            return `${plural(redriven, 'message is', 'messages are')} in line again.`;
          },
        ),
    });
  }
}
