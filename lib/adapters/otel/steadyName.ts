import { shownText } from '../../boundary/shownText.ts';

const LONGEST_NAME = 120;
/** What a queue is called that lives as long as one process: words of a program, and a random one. */
const RANDOM_WORD = /\.(?=[\w-]*\d)[\w-]{20,}$/;

/** A name as spans and series have it: within bounds, and the same for all that are called after the same thing. */
export function steadyName(name: string): string {
  return shownText(name.replace(RANDOM_WORD, '.*'), LONGEST_NAME);
}
