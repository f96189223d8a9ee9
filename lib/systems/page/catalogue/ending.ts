import { html, type TemplateResult } from 'lit';
import { actionButton } from './actionButton.ts';
import type { Walk } from './walkCatalogue.ts';

/** What stands below the last row. `more` asks for the next page. */
export function ending({ kind, items, failure }: Walk, more: () => void): TemplateResult {
  switch (kind) {
    case 'loading':
    case 'more':
      return html`<p class="quiet"><span class="spinner" aria-hidden="true"></span> Loading</p>`;
    case 'failed':
      return html`
        <p class="notice error">
          <span>${failure?.detail ?? 'The next page did not come.'}</span>
          ${actionButton('Try again', more)}
        </p>
      `;
    case 'end':
      return items.length === 0
        ? html`<p class="quiet">No package matches.</p>`
        : html`<p class="quiet">End of the list</p>`;
  }
}
