import { html, nothing, type TemplateResult } from 'lit';
import type { Deed } from './deed.ts';

/** How what the reader asked for ended. */
export function deedNote({ failure, done }: Deed): TemplateResult {
  const failed = failure ? html`<span class="failed">${failure.detail}</span>` : nothing;
  // Without a blank in it: empty, it takes no room.
  return html`<p class="deed" role="status">${failed}${done === '' ? nothing : done}</p>`;
}
