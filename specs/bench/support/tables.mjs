import { inShort } from './stats.mjs';

/** One case: its contestants, the fastest first if they have a speed. */
export function resultTable(example, rows, { unit, contestants }) {
  const place = ({ name }) => contestants.findIndex((one) => one.name === name);
  const facts = [...new Set(rows.flatMap((row) => Object.keys(row.facts ?? {})))];
  const rated = rows.some(({ rate }) => rate !== undefined);
  const failed = rows.some(({ error }) => error !== undefined);
  const head = [example, ...(rated ? [unit, 'ratio'] : []), ...facts, ...(failed ? ['failed with'] : [])];
  const body = [...rows]
    .sort((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0) || place(a) - place(b))
    .map(({ name, error, rate, ratio, facts: measured = {} }) =>
      error === undefined
        ? [name, ...(rated ? [inShort(rate), inShort(ratio)] : []), ...facts.map((fact) => inShort(measured[fact]))]
        : [name, ...head.slice(2).map(() => ''), error],
    );
  return table([head, ...body]);
}

/** What came out, and what must. */
export function figuresTable(figures, bound) {
  const body = figures.map(({ figure, value, met, ...row }) => [
    figure,
    inShort(value),
    row[bound],
    met ? 'ok' : 'MISSED',
  ]);
  return table([['figure', 'measured', bound, ''], ...body]);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    line(rows[0]),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.slice(1).map(line),
  ].join('\n');
}
