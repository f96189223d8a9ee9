import { html, type TemplateResult } from 'lit';

export function actionButton(words: string, act: () => void): TemplateResult {
  return html`<button type="button" class="action" @click=${act}>${words}</button>`;
}
