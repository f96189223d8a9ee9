/**
 * How likely it is that two lists of figures differ as much as they do, or more, if they come from the same source: the p of the
 * two-sided test of Mann and Whitney, with mid-ranks for ties and the normal distribution, which is right for long lists.
 */
export function rankTest(first: readonly number[], second: readonly number[]): number {
  const all = [...first.map((value) => ({ value, own: true })), ...second.map((value) => ({ value, own: false }))];
  all.sort((a, b) => a.value - b.value);
  const total = all.length;
  let rankSum = 0;
  let tied = 0;
  for (let from = 0, to = 0; from < total; from = to) {
    while (to < total && all[to]!.value === all[from]!.value) to++;
    const count = to - from;
    rankSum += ((from + to + 1) / 2) * all.slice(from, to).filter(({ own }) => own).length;
    tied += count ** 3 - count;
  }
  const u = rankSum - (first.length * (first.length + 1)) / 2;
  const expected = (first.length * second.length) / 2;
  const variance = ((first.length * second.length) / 12) * (total + 1 - tied / (total * (total - 1)));
  return variance === 0 ? 1 : 2 * upperTail(Math.abs(u - expected) / Math.sqrt(variance));
}

/** Of the normal distribution, to 1.5e-7: Abramowitz and Stegun, 26.2.17. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}
