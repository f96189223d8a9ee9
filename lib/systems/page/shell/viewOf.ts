import { html, type TemplateResult } from 'lit';

/** The element that shows a view. */
export function viewOf(hash: string): TemplateResult {
  switch (hash) {
    case 'graph':
      return html`<graph-view></graph-view>`;
    case 'receivers':
      return html`<receivers-view></receivers-view>`;
    case 'jobs':
      return html`<jobs-view></jobs-view>`;
    case 'operations':
      return html`<operations-view></operations-view>`;
    case 'dead-letters':
      return html`<dead-letters-view></dead-letters-view>`;
    case 'observer':
      return html`<observer-view></observer-view>`;
    case 'process':
      return html`<process-view></process-view>`;
    case 'demo':
      return html`<demo-view></demo-view>`;
    default:
      return html`<catalogue-view></catalogue-view>`;
  }
}
