import { html, nothing, type TemplateResult } from 'lit';
import type { LiveNode } from '../../../contracts/liveView.ts';
import { depthBar } from '../parts/depthBar.ts';
import { ageText } from '../words/ageText.ts';
import { countText } from '../words/countText.ts';
import { paceOf } from './paceOf.ts';
import { toneOf } from './toneOf.ts';

/** The figures of a thing, in the columns of its card. */
export function figureCells(node: LiveNode): TemplateResult {
  const { waiting, capacity, running, concurrency, oldestAgeMs = 0, highWatermark, lowWatermark } = node.figures;
  const pace = paceOf(node);
  const bar =
    waiting !== undefined && capacity !== undefined && capacity > 0
      ? depthBar({ waiting, capacity, highWatermark, lowWatermark, tone: toneOf(node) })
      : nothing;
  return html`
    <span class="cell">${bar}</span>
    <span class="cell">${cell('waiting', ofText(waiting, capacity))}</span>
    <span class="cell running">${cell('running', ofText(running, concurrency))}</span>
    <span class="cell">${cell('per second', pace === undefined ? '' : countText(pace))}</span>
    <span class="cell oldest">${cell('oldest', oldestAgeMs > 0 ? ageText(oldestAgeMs) : '')}</span>
  `;
}

function cell(label: string, text: string): TemplateResult | typeof nothing {
  return text === '' ? nothing : html`<span class="hidden">${label} </span>${text}`;
}

function ofText(value: number | undefined, of: number | undefined): string {
  if (value === undefined) return '';
  return of === undefined ? countText(value) : `${countText(value)}/${countText(of)}`;
}
