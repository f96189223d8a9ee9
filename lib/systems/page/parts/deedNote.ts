import { html, nothing, type TemplateResult } from 'lit';
import type { Deed } from './deed.ts';

/** How what the reader asked for ended. */
export function deedNote({ failure, done }: Deed): TemplateResult {
  return html`<p class="deed" role="status">
    ${failure ? html`<span class="failed">${failure.detail}</span>` : done === '' ? nothing : done}
  </p>`;
}
