/**
 * Whether a name of dotted words is one that a pattern means: `*` stands for one word, `#` for any number of them, none
 * included. Takes as much time as there are words in both at most, multiplied: there is only ever one `#` to go back to.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const wanted = pattern.split('.');
  const words = name.split('.');
  let at = 0; // in the pattern
  let word = 0;
  let hash = -1; // the last # that was passed,
  let resumeAt = 0; // and the word that it would take next

  while (word < words.length) {
    if (wanted[at] === '#') {
      hash = at++;
      resumeAt = word;
    } else if (at < wanted.length && (wanted[at] === '*' || wanted[at] === words[word])) {
      at++;
      word++;
    } else if (hash >= 0) {
      at = hash + 1;
      word = ++resumeAt;
    } else return false;
  }
  while (wanted[at] === '#') at++;
  return at === wanted.length;
}
