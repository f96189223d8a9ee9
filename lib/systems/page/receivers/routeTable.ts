import { html, nothing, type TemplateResult } from 'lit';
import { dataTable } from '../parts/dataTable.ts';
import { depthBar } from '../parts/depthBar.ts';
import { nameText } from '../parts/nameText.ts';
import { ageText } from '../words/ageText.ts';
import { countText } from '../words/countText.ts';
import { oneLine } from '../words/oneLine.ts';
import { timeText } from '../words/timeText.ts';
import type { Route } from './receiver.ts';

/** The routes of a receiver: what waits, how it ended so far, and what went wrong last. */
export function routeTable(
  receiver: string,
  routes: readonly Route[],
  redrive: (route: Route) => void,
): TemplateResult {
  return dataTable({
    label: `Routes of ${oneLine(receiver)}`,
    rows: routes,
    key: ({ name }) => name,
    empty: 'It has no routes: what it takes goes nowhere.',
    columns: [
      {
        title: 'Route',
        kind: 'name',
        cell: ({ name, sender, filters, alert }) => html`
          ${nameText(name)}${alert.state === 'raised' ? html` <span class="state amber">alert</span>` : nothing}
          <small>${[...filters, `to ${oneLine(sender)}`].join(', ')}</small>
        `,
      },
      {
        title: 'Waiting',
        kind: 'wide',
        cell: (route) => html`${bar(route)} <small>${whenFull(route.overflow)}</small>`,
      },
      { title: 'In flight', kind: 'number', cell: ({ inFlight, concurrency }) => `${inFlight}/${concurrency}` },
      { title: 'Oldest', kind: 'number', cell: ({ oldestAgeMs }) => (oldestAgeMs > 0 ? ageText(oldestAgeMs) : '–') },
      ...OUTCOMES.map(([title, name]) => ({
        title,
        kind: 'number' as const,
        cell: ({ outcomes }: Route) => countText(outcomes[name] ?? 0),
      })),
      {
        title: 'Last error',
        kind: 'wide',
        cell: ({ lastError }) =>
          lastError
            ? html`<span class="failed">${lastError.reason}</span> <small>${timeText(lastError.time)}</small>`
            : '–',
      },
      {
        title: 'Actions',
        kind: 'actions',
        cell: (route) =>
          (route.outcomes['parked'] ?? 0) > 0
            ? html`<button type="button" class="action" @click=${() => redrive(route)}>Redrive</button>`
            : nothing,
      },
    ],
  });
}

const OUTCOMES = [
  ['Done', 'succeeded'],
  ['Failed', 'failed'],
  ['Dropped', 'dropped'],
  ['Parked', 'parked'],
] as const;

function bar({ depth: waiting, bufferSize: capacity, alert, outcomes }: Route): TemplateResult {
  const tone = alert.state === 'raised' || (outcomes['blocked'] ?? 0) > 0 ? 'amber' : 'calm';
  return html`<span class="with-bar"
    >${depthBar({ waiting, capacity, tone })}<span class="num">${countText(waiting)}/${countText(capacity)}</span></span
  >`;
}

function whenFull(overflow: string): string {
  return WHEN_FULL[overflow] ?? overflow;
}

const WHEN_FULL: Readonly<Record<string, string>> = {
  error: 'refuses when full',
  dropOldest: 'drops the oldest when full',
  dropNewest: 'drops the newest when full',
  coalesce: 'keeps the latest when full',
  block: 'makes its source wait when full',
  park: 'parks when full',
};
