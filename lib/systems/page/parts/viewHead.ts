import { html, nothing, type TemplateResult } from 'lit';

/** The heading of a view, which gets the focus when one comes to it, and what stands beside it. */
export function viewHead(title: string, beside: unknown = nothing): TemplateResult {
  return html`<div class="view-head">
    <h1 tabindex="-1">${title}</h1>
    ${beside}
  </div>`;
}
