import { html, nothing, type TemplateResult } from 'lit';
import type { Polled } from '../api/polled.ts';
import type { LiveNode, LiveView } from '../../../contracts/liveView.ts';
import { nameText } from '../parts/nameText.ts';
import { countText } from '../words/countText.ts';
import { figureName } from '../words/figureName.ts';
import { figureText } from '../words/figureText.ts';
import { oneLine } from '../words/oneLine.ts';
import type { Explanation } from './explanation.ts';

/** What is shown of the thing that the reader has picked. */
export interface NodePanel {
  /** Undefined where it is not among those that are listed. */
  readonly node: LiveNode | undefined;
  readonly view: LiveView;
  readonly explanation: Polled<Explanation>;
  readonly pick: (id: number) => void;
  readonly close: () => void;
}

/** Why a thing does not go on, and all its figures. */
export function nodePanel({ node, view, explanation, pick, close }: NodePanel): TemplateResult {
  const { value, failure } = explanation;
  return html`
    <aside class="panel" aria-label="Details">
      <div class="panel-head">
        <h2 tabindex="-1">${node ? nameText(node.name === '' ? node.kind : node.name) : 'Not listed now'}</h2>
        <button type="button" class="action" @click=${close}>Close</button>
      </div>
      ${node ? html`<p class="kind">${node.kind}</p>` : nothing}
      <p class="sentence">${value ? value.sentence : failure ? failure.detail : 'Asking why …'}</p>
      ${value && value.chain.length > 1 ? chain(value, pick) : nothing} ${node ? figures(node, view.time) : nothing}
    </aside>
  `;
}

function chain({ chain: links, deadlock }: Explanation, pick: (id: number) => void): TemplateResult {
  return html`
    <h3>${deadlock.length > 0 ? 'They wait for each other' : 'Waits for'}</h3>
    <ol class="chain">
      ${links.map(
        ({ id, kind, name }) => html`
          <li>
            <span class="kind">${kind}</span>
            <button type="button" class="link" @click=${() => pick(id)}>${nameText(name)}</button>
          </li>
        `,
      )}
    </ol>
  `;
}

function figures({ figures: now, counts, rates, waits }: LiveNode, time: number): TemplateResult {
  const told = waits.filter(({ on, called }) => on === undefined || called !== undefined); // the chain has the others
  const all = [
    ...Object.entries(now).map(([name, value]) => [name, figureText(name, value, time), '']),
    ...Object.entries(counts).map(([name, value]) => [name, countText(value), rateText(rates[name])]),
  ];
  return html`
    ${
      told.length > 0
        ? html`<ul class="waits">
            ${told.slice(0, 8).map(
              (wait) =>
                html`<li>
                  ${[wait.subject, wait.how, wait.called]
                    .filter(Boolean)
                    .map((part) => oneLine(part!))
                    .join(' ')}
                </li>`,
            )}
          </ul>`
        : nothing
    }
    <dl class="figures">
      ${all.map(
        ([name = '', value, rate]) =>
          html`<div>
            <dt>${figureName(name)}</dt>
            <dd>${value}<span>${rate}</span></dd>
          </div>`,
      )}
    </dl>
  `;
}

function rateText(rate = 0): string {
  return rate === 0 ? '' : ` ${countText(rate)}/s`;
}
