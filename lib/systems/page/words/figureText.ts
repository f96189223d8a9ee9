import { ageText } from './ageText.ts';
import { bytesText } from './bytesText.ts';
import { countText } from './countText.ts';

/** A figure in the unit that its name ends with. `now` is the time of the server. */
export function figureText(name: string, value: number, now: number): string {
  if (name.endsWith('Since')) return `${ageText(now - value)} ago`;
  if (name.endsWith('Ms')) return ageText(value);
  return name.endsWith('Bytes') ? bytesText(value) : countText(value);
}
