import { html, nothing, type TemplateResult } from 'lit';
import type { PagedList } from './pagedList.ts';

/** Asks for what follows, where something does. */
export function moreButton({
  hasMore,
  more,
}: Pick<PagedList<unknown>, 'hasMore' | 'more'>): TemplateResult | typeof nothing {
  if (!hasMore()) return nothing;
  return html`<p class="more"><button type="button" class="action" @click=${more}>More</button></p>`;
}
