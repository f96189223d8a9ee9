import { plain } from './plain.ts';

/** A word as a shell takes it. */
export function inShell(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${plain(word).replaceAll("'", `'\\''`)}'`;
}
