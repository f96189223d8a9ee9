import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Subject } from 'rxjs';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { askFirst } from '../parts/askFirst.ts';
import { Deed } from '../parts/deed.ts';
import { deedNote } from '../parts/deedNote.ts';
import { moreElsewhere } from '../parts/moreElsewhere.ts';
import { nameText } from '../parts/nameText.ts';
import { polledNote } from '../parts/polledNote.ts';
import { viewHead } from '../parts/viewHead.ts';
import { Watched } from '../parts/watched.ts';
import { ageText } from '../words/ageText.ts';
import { countText } from '../words/countText.ts';
import { plural } from '../words/plural.ts';
import { timeText } from '../words/timeText.ts';
import { raisedAlerts } from './raisedAlerts.ts';
import type { Alert, Receiver, Route } from './receiver.ts';
import { routeTable } from './routeTable.ts';
import { sourceText } from './sourceText.ts';

interface Page {
  readonly receivers: readonly Receiver[];
  readonly nextPageToken: string;
}

/** Who takes events in, and how each of their routes is doing. */
export class ReceiversView extends LitElement {
  private readonly again = new Subject<void>();
  private readonly redrive = new Deed(this);
  private readonly alerts = new Watched<Polled<{ readonly alerts: readonly Alert[] }>>(this, raisedAlerts(), {});
  private readonly page = new Watched<Polled<Page>>(
    this,
    polled(() => ask<Page>('/v1/receivers?pageSize=100'), { everyMs: 1_000, again$: this.again }),
    {},
  );

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { value: page } = this.page;
    const receivers = page.value?.receivers ?? [];
    return html`
      <main id="list" tabindex="-1">
        ${viewHead('Receivers', html`<p class="count">${page.value ? plural(receivers.length, 'receiver') : ''}</p>`)}
        ${polledNote(page)}
        <div aria-live="polite">${alertList(this.alerts.value.value?.alerts ?? [])}</div>
        ${deedNote(this.redrive)}
        ${page.value && receivers.length === 0 ? html`<p class="quiet">No receiver is configured.</p>` : nothing}
        ${repeat(
          receivers,
          ({ id }) => id,
          (receiver) => this.receiver(receiver),
        )}
        ${moreElsewhere(page.value?.nextPageToken, '/v1/receivers')}
      </main>
    `;
  }

  private receiver(receiver: Receiver): TemplateResult {
    const { id, state, tenant, name, source, events, holders, routes, lastError } = receiver;
    const { received = 0, acked = 0, nacked = 0, pending = 0 } = events;
    return html`
      <section class="sheet-box" aria-label="Receiver ${name}">
        <div class="box-head">
          <h2>${nameText(name)}</h2>
          ${tenant === 'default' ? nothing : html`<span class="kind">tenant ${nameText(tenant)}</span>`}
          ${state === 'closed' ? html`<span class="state amber">closed</span>` : nothing}
          <p class="tally">
            <span>${countText(received)} received</span><span>${countText(acked)} acknowledged</span>
            <span>${countText(nacked)} refused</span><span>${countText(pending)} pending</span>
          </p>
        </div>
        <p class="source">
          ${sourceText(source)}${holders > 1 ? ` ${plural(holders, 'entry shares', 'entries share')} it.` : ''}
        </p>
        ${lastError ? html`<p class="failed">${timeText(lastError.time)}: ${lastError.reason}</p>` : nothing}
        ${routeTable(id, routes, (route) => this.askRedrive(name, route))}
      </section>
    `;
  }

  private askRedrive(receiver: string, { name, outcomes: { parked = 0 } }: Route): void {
    const path = `/v1/receivers/${encodeURIComponent(receiver)}/routes/${encodeURIComponent(name)}/redrive`;
    askFirst({
      title: 'Redrive what is parked?',
      says: `${plural(parked, 'event goes', 'events go')} in line again at route ${name} of ${receiver}.`,
      yes: 'Redrive',
      then: () =>
        this.redrive.run(ask<{ redriven: number }>(path, { method: 'POST', body: {} }), ({ redriven }) => {
          this.again.next();
          return `${plural(redriven, 'event is', 'events are')} in line again.`;
        }),
    });
  }
}

function alertList(alerts: readonly Alert[]): TemplateResult | typeof nothing {
  if (alerts.length === 0) return nothing;
  return html`
    <section class="notice warning" aria-label="Alerts">
      <div>
        <strong>${plural(alerts.length, 'route is', 'routes are')} congested</strong>
        <ul>
          ${repeat(
            alerts,
            ({ id }) => id,
            ({ id, depth, bufferSize, oldestAgeMs, since, timeToFullMs }) =>
              html`<li>
                ${nameText(id)} since ${timeText(since)}: ${countText(depth)} of ${countText(bufferSize)} waiting, the
                oldest for
                ${ageText(oldestAgeMs)}${timeToFullMs === undefined ? '' : `, full in ${ageText(timeToFullMs)}`}
              </li>`,
          )}
        </ul>
      </div>
    </section>
  `;
}
