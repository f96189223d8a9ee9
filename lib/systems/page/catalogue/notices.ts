import { html, nothing, type TemplateResult } from 'lit';
import { actionButton } from './actionButton.ts';
import type { Walk } from './walkCatalogue.ts';

/** What the reader should know about the list as a whole. `again` reads it from the beginning. */
export function notices({ unreachable, restarted, drifted }: Walk, again: () => void): TemplateResult {
  return html`
    ${
      unreachable.length === 0
        ? nothing
        : html`
            <section class="notice warning" aria-label="Unreachable sources">
              <div>
                <strong
                  >${unreachable.length === 1 ? 'A source is missing' : 'Some sources are missing'} from this
                  list</strong
                >
                <ul>
                  ${unreachable.map(({ source, reason }) => html`<li><b>${source}</b> ${withoutName(reason, source)}</li>`)}
                </ul>
              </div>
              ${actionButton('Retry', again)}
            </section>
          `
    }
    ${restarted ? html`<p class="notice">The list had changed too much to go on, so it was started again.</p>` : nothing}
    ${drifted ? html`<p class="quiet">Packages came or went while you were reading. ${actionButton('Read again', again)}</p>` : nothing}
  `;
}

/** The reason says the source's name first; here it stands in front already. */
function withoutName(reason: string, source: string): string {
  const prefix = `source ${source}: `;
  return reason.startsWith(prefix) ? reason.slice(prefix.length) : reason;
}
