import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { dataTable } from '../parts/dataTable.ts';
import { Deed } from '../parts/deed.ts';
import { moreButton } from '../parts/moreButton.ts';
import { nameText } from '../parts/nameText.ts';
import { pagedList } from '../parts/pagedList.ts';
import { polledNote } from '../parts/polledNote.ts';
import { sendForm } from '../parts/sendForm.ts';
import { stateBadge } from '../parts/stateBadge.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import { ageText } from '../words/ageText.ts';
import { timeText } from '../words/timeText.ts';

/** An operation: see /openapi.json. */
interface Operation {
  readonly id: string;
  readonly command: string;
  readonly state: 'accepted' | 'succeeded' | 'failed' | 'expired';
  readonly createTime: string;
  readonly endTime?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

interface Commands {
  readonly commands: readonly { readonly name: string; readonly data: string }[];
}

/** Commands that were sent, and what became of each. */
export class OperationsView extends LitElement {
  private readonly submit = new Deed(this);
  private readonly operations = pagedList<Operation>(this, '/v1/operations');
  private readonly commands = new Watched<Polled<Commands>>(
    this,
    polled(() => ask<Commands>('/v1/commands'), { everyMs: 60_000 }),
    {},
  );

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const state = this.operations.state();
    const commands = this.commands.value.value?.commands ?? [];
    return html`
      <main id="list" tabindex="-1">
        ${viewHead('Operations')}
        ${sendForm({
          title: 'Send a command',
          choice: 'Command',
          choices: commands.map(({ name, data }) => ({ name, takes: data })),
          data: '{ "name": "Ada" }',
          button: 'Send',
          deed: this.submit,
          send: (command, data) => this.send(command, data),
        })}
        ${polledNote(state)} ${state.value ? table(state.value) : nothing} ${moreButton(this.operations)}
      </main>
    `;
  }

  private send(command: string, data: unknown): void {
    const sent$ = ask<Operation>(`/v1/commands/${encodeURIComponent(command)}`, { method: 'POST', body: data });
    this.submit.run(sent$, ({ state }) => {
      this.operations.again();
      return `The command is ${state}.`;
    });
  }
}

function table(operations: readonly Operation[]): TemplateResult {
  return dataTable<Operation>({
    label: 'Operations, the newest first',
    rows: operations,
    key: ({ id }) => id,
    empty: 'No command was sent yet.',
    columns: [
      { title: 'Command', kind: 'name', cell: ({ command }) => nameText(command) },
      { title: 'State', cell: ({ state }) => stateBadge(state) },
      { title: 'Sent', kind: 'number', cell: ({ createTime }) => timeText(createTime) },
      { title: 'Outcome', kind: 'wide', cell: outcomeText },
      { title: 'Id', kind: 'wide', cell: ({ id }) => html`<code>${nameText(id)}</code>` },
    ],
  });
}

function outcomeText({ state, createTime, endTime, error }: Operation): string {
  const after = endTime === undefined ? '' : ` after ${ageText(Date.parse(endTime) - Date.parse(createTime))}`;
  switch (state) {
    case 'accepted':
      return 'The service has it, and has not told yet.';
    case 'succeeded':
      return `Succeeded${after}.`;
    case 'failed':
      return `Failed${after}: ${error?.message ?? 'no reason was given'}`;
    case 'expired':
      return `Nobody told in time what became of it${after}.`;
  }
}
