import { html, nothing, type TemplateResult } from 'lit';
import { countText } from '../words/countText.ts';

/** A waiting line: how much waits, how much may, and from where on it counts as full. */
export interface Depth {
  readonly waiting: number;
  readonly capacity: number;
  readonly highWatermark?: number | undefined;
  readonly lowWatermark?: number | undefined;
  readonly tone: 'calm' | 'amber' | 'red';
}

/** How full a waiting line is, with its two marks. */
export function depthBar({ waiting, capacity, highWatermark, lowWatermark, tone }: Depth): TemplateResult {
  const share = (value: number) => `${Math.min(100, (100 * value) / Math.max(1, capacity)).toFixed(1)}%`;
  const mark = (at: number | undefined, which: string) =>
    at === undefined || at > capacity ? nothing : html`<i class=${which} .style=${`left: ${share(at)}`}></i>`;
  return html`
    <span
      class="depth ${tone}"
      role="meter"
      aria-label="waiting"
      aria-valuemin="0"
      aria-valuemax=${capacity}
      aria-valuenow=${Math.min(waiting, capacity)}
      aria-valuetext="${countText(waiting)} of ${countText(capacity)}"
      ><b .style=${`width: ${share(waiting)}`}></b>${mark(highWatermark, 'high')}${mark(lowWatermark, 'low')}</span
    >
  `;
}
