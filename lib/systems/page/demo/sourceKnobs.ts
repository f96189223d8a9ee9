import { html, type TemplateResult } from 'lit';
import { dataTable } from '../parts/dataTable.ts';
import { nameText } from '../parts/nameText.ts';
import { oneLine } from '../words/oneLine.ts';
import type { DemoChange, DemoSource } from './demo.ts';
import { numberKnob } from './numberKnob.ts';
import { switchKnob } from './switchKnob.ts';

/** What the sources do, and how to change it. */
export function sourceKnobs(sources: readonly DemoSource[], set: (change: DemoChange) => void): TemplateResult {
  const change = (name: string, to: Partial<DemoSource>) => set({ sources: { [name]: to } });
  return html`
    <section class="sheet-box" aria-label="Sources">
      <h2>Sources</h2>
      ${dataTable<DemoSource>({
        label: 'Sources',
        rows: sources,
        key: ({ name }) => name,
        empty: 'There are none.',
        columns: [
          { title: 'Source', kind: 'name', cell: ({ name }) => nameText(name) },
          {
            title: 'Runs',
            cell: ({ name, running }) =>
              switchKnob(`${oneLine(name)} runs`, running, (on) => change(name, { running: on })),
          },
          {
            title: 'Per second',
            cell: ({ name, perSecond }) =>
              numberKnob({
                label: `${oneLine(name)} per second`,
                value: perSecond,
                max: 1_000,
                step: 1,
                set: (value) => change(name, { perSecond: value }),
              }),
          },
        ],
      })}
    </section>
  `;
}
