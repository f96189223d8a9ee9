import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { LiveNode } from '../../../contracts/liveView.ts';
import { nameText } from '../parts/nameText.ts';
import { countText } from '../words/countText.ts';
import { indentOf } from './edges.ts';
import { figureCells } from './figureCells.ts';
import type { PlacedCard, PlacedRow } from './layout.ts';
import { paceOf } from './paceOf.ts';
import { stateText } from './stateText.ts';
import { toneOf } from './toneOf.ts';

/** What the reader looks at, and how to look at something else. */
export interface Marks {
  readonly picked: number | undefined;
  readonly chain: ReadonlySet<number>;
  readonly pick: (id: number) => void;
}

/** One thing with all that belongs to it. */
export function graphCard({ node, x, y, width, height, rows }: PlacedCard, marks: Marks): TemplateResult {
  const pace = paceOf(node);
  return html`
    <li
      class="card ${classes(node, marks)}"
      .style=${`left: ${x}rem; top: ${y}rem; width: ${width}rem; height: ${height}rem`}
    >
      <div class="line head">
        <span class="who">
          ${pickButton(node, node.name === '' ? node.kind : node.name, marks)}${node.name === '' ? nothing : html`<span class="kind">${node.kind}</span>`}
          ${rows.length > 0 && pace !== undefined ? html`<span class="pace">${countText(pace)}/s</span>` : nothing}
          ${badge(node)}
        </span>
        ${rows.length > 0 ? LABELS : figureCells(node)}
      </div>
      ${
        rows.length === 0
          ? nothing
          : html`<ul role="list" aria-label="Parts">
              ${repeat(
                rows,
                ({ node: { id } }) => id,
                (row) => rowLine(row, node, marks),
              )}
            </ul>`
      }
    </li>
  `;
}

const LABELS = html`
  <span class="cell gap" aria-hidden="true"></span>
  <span class="cell label" aria-hidden="true">waiting</span>
  <span class="cell label running" aria-hidden="true">running</span>
  <span class="cell label" aria-hidden="true">per s</span>
  <span class="cell label oldest" aria-hidden="true">oldest</span>
`;

function rowLine({ node, depth, x, y, width }: PlacedRow, parent: LiveNode, marks: Marks): TemplateResult {
  const prefix = `${parent.name}/`;
  const short = node.name.startsWith(prefix) ? node.name.slice(prefix.length) : node.name;
  const place = `left: ${x}rem; top: ${y}rem; width: ${width}rem; padding-left: ${indentOf(depth)}rem`;
  return html`
    <li class="line row ${classes(node, marks)}" .style=${place}>
      <span class="who"
        >${pickButton(node, short, marks)}${depth > 1 || node.kind !== 'subscriber' ? html`<span class="kind">${node.kind}</span>` : nothing}${badge(node)}</span
      >
      ${figureCells(node)}
    </li>
  `;
}

function pickButton({ id, name }: LiveNode, shown: string, { picked, pick }: Marks): TemplateResult {
  return html`<button
    type="button"
    class="pick"
    data-node=${id}
    aria-pressed=${picked === id ? 'true' : 'false'}
    @click=${() => pick(id)}
  >
    ${nameText(name, shown)}
  </button>`;
}

function badge(node: LiveNode): TemplateResult | typeof nothing {
  const text = stateText(node);
  return text === '' ? nothing : html`<span class="state ${toneOf(node)}">${text}</span>`;
}

function classes(node: LiveNode, { picked, chain }: Marks): string {
  return `${toneOf(node)} ${picked === node.id ? 'picked' : ''} ${chain.has(node.id) ? 'in-chain' : ''}`;
}
