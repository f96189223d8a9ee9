import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

/** One column of a table. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => unknown;
  /** Numbers are set to the right. */
  readonly kind?: 'name' | 'number' | 'wide' | 'actions' | undefined;
}

/** A table, and what it says where it is empty. */
export interface TableOptions<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly key: (row: T) => unknown;
  readonly empty: string;
}

/** A table that becomes a list of cards on a narrow screen; the roles keep it a table for those who do not see it. */
export function dataTable<T>({ label, columns, rows, key, empty }: TableOptions<T>): TemplateResult {
  if (rows.length === 0) return html`<p class="quiet">${empty}</p>`;
  return html`
    <table role="table" aria-label=${label}>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            ({ title, kind }) =>
              html`<th role="columnheader" scope="col" class=${kind ?? nothing}>
                ${kind === 'actions' ? html`<span class="hidden">${title}</span>` : title}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          rows,
          key,
          (row) => html`
            <tr role="row">
              ${columns.map(
                ({ title, cell, kind }) => html`
                  <td role="cell" class=${kind ?? nothing} data-title=${title}><div>${cell(row)}</div></td>
                `,
              )}
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}
