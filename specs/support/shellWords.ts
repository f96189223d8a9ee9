import { execFileSync } from 'node:child_process';

/** The arguments that a shell gives `rxfan` for each of these lines. */
export function shellWords(lines: readonly string[]): readonly (readonly string[])[] {
  const script = `rxfan() { printf '%s\\0' "$@"; printf '\\n'; }\n${lines.join('\n')}\n`;
  const out = execFileSync('bash', ['-euc', script], { encoding: 'utf8' });
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\0').slice(0, -1));
}
