import { html, nothing, type TemplateResult } from 'lit';
import { paceOf } from '../graph/paceOf.ts';
import { stateText } from '../graph/stateText.ts';
import { toneOf } from '../graph/toneOf.ts';
import type { LiveNode } from '../../../contracts/liveView.ts';
import { dataTable } from '../parts/dataTable.ts';
import { depthBar } from '../parts/depthBar.ts';
import { nameText } from '../parts/nameText.ts';
import { ageText } from '../words/ageText.ts';
import { countText } from '../words/countText.ts';
import { oneLine } from '../words/oneLine.ts';
import type { DemoChange, DemoSubscriber } from './demo.ts';
import { numberKnob } from './numberKnob.ts';
import { switchKnob } from './switchKnob.ts';

interface Row extends DemoSubscriber {
  readonly node: LiveNode | undefined;
}

/** What the subscribers do, how their lanes stand, and how to change it. */
export function subscriberKnobs(
  subscribers: readonly DemoSubscriber[],
  nodes: readonly LiveNode[],
  set: (change: DemoChange) => void,
): TemplateResult {
  const change = (id: string, to: Partial<DemoSubscriber>) => set({ subscribers: { [id]: to } });
  const rows = subscribers.map((one): Row => ({ ...one, node: nodes.find(({ name }) => name === one.name) }));
  return html`
    <section class="sheet-box" aria-label="Subscribers">
      <h2>Subscribers</h2>
      ${dataTable<Row>({
        label: 'Subscribers',
        rows,
        key: ({ id }) => id,
        empty: 'There are none.',
        columns: [
          {
            title: 'Subscriber',
            kind: 'name',
            cell: ({ id, node, overflow }) => html`${nameText(id)} ${badge(node)} <small>${overflow}</small>`,
          },
          {
            title: 'Takes, ms',
            cell: ({ id, delayMs }) =>
              numberKnob({
                label: `${oneLine(id)} takes, ms`,
                value: delayMs,
                max: 60_000,
                step: 10,
                set: (value) => change(id, { delayMs: value }),
              }),
          },
          {
            title: 'Throws',
            cell: ({ id, throws }) => switchKnob(`${oneLine(id)} throws`, throws, (on) => change(id, { throws: on })),
          },
          {
            title: 'Paused',
            cell: ({ id, paused }) =>
              switchKnob(`${oneLine(id)} is paused`, paused, (on) => change(id, { paused: on })),
          },
          { title: 'Waiting', kind: 'wide', cell: waiting },
          {
            title: 'Running',
            kind: 'number',
            cell: ({ node, concurrency }) => `${node?.figures['running'] ?? 0}/${concurrency}`,
          },
          { title: 'Per s', kind: 'number', cell: ({ node }) => (node ? countText(paceOf(node) ?? 0) : '–') },
          { title: 'Oldest', kind: 'number', cell: ({ node }) => ageText(node?.figures['oldestAgeMs'] ?? 0) },
          { title: 'Lost', kind: 'number', cell: ({ node }) => countText(lost(node)) },
        ],
      })}
    </section>
  `;
}

function badge(node: LiveNode | undefined): TemplateResult | typeof nothing {
  const text = node ? stateText(node) : '';
  return node && text !== '' ? html`<span class="state ${toneOf(node)}">${text}</span>` : nothing;
}

function waiting({ node, bufferSize }: Row): TemplateResult {
  const { waiting: depth = 0, capacity = bufferSize, highWatermark, lowWatermark } = node?.figures ?? {};
  const tone = node ? toneOf(node) : 'calm';
  return html`<span class="with-bar"
    >${depthBar({ waiting: depth, capacity, highWatermark, lowWatermark, tone })}<span class="num"
      >${countText(depth)}/${countText(capacity)}</span
    ></span
  >`;
}

function lost(node: LiveNode | undefined): number {
  const { dropped = 0, refused = 0, discarded = 0 } = node?.counts ?? {};
  return dropped + refused + discarded;
}
