import { html, svg, type TemplateResult } from 'lit';

/** Points over time, and how their values are told. */
export interface LineChart {
  readonly title: string;
  readonly points: readonly { readonly time: number; readonly value: number }[];
  /** How far it goes back from the last point, in ms. */
  readonly spanMs: number;
  readonly text: (value: number) => string;
  /** What the scale reaches at least, so that nothing looks like much. */
  readonly atLeast: number;
}

const WIDTH = 300;
const HEIGHT = 56;

/** A line over the last minutes, with its latest value and its highest. */
export function lineChart({ title, points, spanMs, text, atLeast }: LineChart): TemplateResult {
  const end = points.at(-1)?.time ?? 0;
  const highest = Math.max(0, ...points.map(({ value }) => value));
  const top = Math.max(atLeast, highest) * 1.05;
  const x = (time: number) => (WIDTH * (1 - (end - time) / spanMs)).toFixed(1);
  const y = (value: number) => (HEIGHT * (1 - Math.max(0, value) / top)).toFixed(1);
  const line = points.map(({ time, value }, i) => `${i === 0 ? 'M' : 'L'}${x(time)} ${y(value)}`).join('');
  const [first] = points;
  const area = first === undefined ? '' : `${line}L${WIDTH} ${HEIGHT}L${x(first.time)} ${HEIGHT}Z`;
  const now = text(points.at(-1)?.value ?? 0);
  return html`
    <figure class="chart">
      <figcaption>${title} <strong>${now}</strong></figcaption>
      <svg
        role="img"
        aria-label="${title} in the last two minutes: now ${now}, at most ${text(highest)}"
        viewBox="0 0 ${WIDTH} ${HEIGHT}"
        preserveAspectRatio="none"
      >
        ${svg`<path class="area" d=${area} /><path class="line" d=${line} />`}
      </svg>
      <p class="scale"><span>2 min ago</span><span>at most ${text(highest)}</span><span>now</span></p>
    </figure>
  `;
}
