import { html, nothing, type TemplateResult } from 'lit';
import type { Polled } from '../api/polled.ts';

/** Says that something has not come yet, or why it did not come, or that it is old. */
export function polledNote({ value, failure }: Polled<unknown>): TemplateResult | typeof nothing {
  if (failure) {
    const old = value === undefined ? '' : ' What is shown was so before.';
    return html`<p class="notice error">${failure.detail} Trying again.${old}</p>`;
  }
  if (value === undefined) return html`<p class="quiet"><span class="spinner" aria-hidden="true"></span> Loading</p>`;
  return nothing;
}
