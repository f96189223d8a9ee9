/** A number with separators; with one decimal below a hundred where it is not whole. */
export function countText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}
