/** How a line is to be seen. */
export type Tone = 'amber' | 'red' | 'title';

const SGR: Readonly<Record<Tone, number>> = { amber: 33, red: 31, title: 7 };

/** A line in a colour of the terminal. */
export function painted(line: string, tone: Tone | undefined): string {
  return tone === undefined ? line : `\u001b[${SGR[tone]}m${line}\u001b[0m`;
}
