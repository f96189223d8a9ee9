import { html, type TemplateResult } from 'lit';
import { oneLine } from '../words/oneLine.ts';

/** The name of something, which may be a stranger's: one line, cut, and without a say in the direction of the text around it. */
export function nameText(name: string, shown = name): TemplateResult {
  return html`<bdi class="name-text" title=${oneLine(name)}>${oneLine(shown)}</bdi>`;
}
