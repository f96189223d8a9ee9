import { html, nothing, type TemplateResult } from 'lit';

/** Says that a page is not the whole list, and where the rest is. */
export function moreElsewhere(nextPageToken: string | undefined, path: string): TemplateResult | typeof nothing {
  if (nextPageToken === undefined || nextPageToken === '') return nothing;
  return html`<p class="omitted">There are more; <code>${path}</code> lists them all.</p>`;
}
