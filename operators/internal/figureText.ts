const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A number as people read it: `12,345`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A time as people read it: `450 ms`, `12.3 s`, `5 min`, `3.5 h`. */
export function ageText(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 2 * MINUTE) return `${oneDigit(ms / SECOND)} s`;
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  return `${countText(oneDigit(ms / HOUR))} h`;
}

/** `its running attempt`, `its 4 running attempts`. */
export function theirs(count: number, what: string): string {
  return count === 1 ? `its ${what}` : `its ${countText(count)} ${what}s`;
}

function oneDigit(value: number): number {
  return Math.round(value * 10) / 10;
}
