import { html, type TemplateResult } from 'lit';
import type { Deed } from './deed.ts';
import { deedNote } from './deedNote.ts';

/** What can be sent, and to what. */
export interface SendForm {
  readonly title: string;
  readonly choice: string;
  readonly choices: readonly { readonly name: string; readonly takes: string }[];
  readonly data: string;
  readonly button: string;
  readonly deed: Deed;
  readonly send: (name: string, data: unknown) => void;
}

/** A form with a choice and data as JSON, which is checked before it is sent. */
export function sendForm({ title, choice, choices, data, button, deed, send }: SendForm): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement; // this one
    const box = form.querySelector('textarea')!;
    const name = form.querySelector('select')!.value;
    try {
      const parsed: unknown = JSON.parse(box.value);
      box.setCustomValidity('');
      send(name, parsed);
    } catch (failure) {
      box.setCustomValidity(`This is no JSON: ${failure instanceof Error ? failure.message : 'it cannot be read'}`);
      form.reportValidity();
    }
  };
  const reset = ({ currentTarget }: { currentTarget: HTMLTextAreaElement }) => currentTarget.setCustomValidity('');
  return html`
    <form class="sheet-box send" aria-label=${title} @submit=${submit}>
      <label
        >${choice}
        <select name="name">
          ${choices.map(({ name }) => html`<option value=${name}>${name}</option>`)}
        </select>
      </label>
      <label class="data"
        >Data, JSON
        <textarea name="data" rows="2" spellcheck="false" .defaultValue=${data} @input=${reset}></textarea>
      </label>
      <button class="action primary" ?disabled=${deed.isBusy || choices.length === 0}>${button}</button>
      <p class="takes">${choices.map(({ name, takes }) => html`<span>${name} takes ${takes}</span>`)}</p>
      ${deedNote(deed)}
    </form>
  `;
}
