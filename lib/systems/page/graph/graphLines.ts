import { html, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Edge } from './edges.ts';
import type { Layout } from './layout.ts';

/** The lines under the cards; those of the chain that is looked at stand out. What they say is said in words elsewhere. */
export function graphLines(
  { width, height }: Layout,
  lines: readonly Edge[],
  chain: ReadonlySet<number>,
): TemplateResult {
  return html`
    <svg
      class="lines"
      aria-hidden="true"
      viewBox="0 0 ${width} ${height}"
      .style=${`width: ${width}rem; height: ${height}rem`}
    >
      ${repeat(
        lines,
        ({ key }) => key,
        ({ kind, tone, from, to, path }) =>
          svg`<path class="${kind} ${tone} ${kind === 'wait' && chain.has(from) && chain.has(to) ? 'lit' : ''}" d=${path} />`,
      )}
    </svg>
  `;
}
