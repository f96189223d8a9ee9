import { html, nothing, type TemplateResult } from 'lit';
import type { LiveState } from '../live/connectLive.ts';
import { plural } from '../words/plural.ts';
import { connectionNote } from './connectionNote.ts';
import type { View } from './views.ts';

/** The views that there are, how the connection stands, and how many alerts are raised. */
export function navigation(views: readonly View[], current: View, live: LiveState): TemplateResult {
  const alerts = live.view?.alerts ?? 0;
  return html`
    <div class="frame">
      <nav aria-label="Views">
        <a class="home" href="#catalogue" aria-label="rxfan"
          ><img src="/assets/icon.svg" alt="" width="22" height="22"
        /></a>
        <ul role="list">
          ${views.map(
            ({ hash, title }) => html`
              <li><a href="#${hash}" aria-current=${hash === current.hash ? 'page' : nothing}>${title}</a></li>
            `,
          )}
        </ul>
      </nav>
      ${
        current.live
          ? html`<section class="standing" aria-label="Connection">
              <span class="alerts" aria-live="polite"
                >${alerts > 0 ? html`<b>${plural(alerts, 'alert')}</b>` : nothing}</span
              >
              ${connectionNote(live)}
            </section>`
          : nothing
      }
    </div>
  `;
}
