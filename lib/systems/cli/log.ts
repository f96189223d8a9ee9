import { plain } from './plain.ts';

/** Writes what an operator should know, one line each. */
export interface Log {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

/** What a line is about. Its values are written as JSON, so that none of them can pass for a line of its own. */
export type Facts = Readonly<Record<string, unknown>>;

/** A log that writes lines such as `2026-05-01T10:00:00.000Z warn source is unreachable source="npm"`. */
export function createLog(write: (line: string) => void): Log {
  const at =
    (level: string) =>
    (message: string, facts: Facts = {}) => {
      const parts = Object.entries(facts).map(([name, value]) => ` ${name}=${plain(shown(value))}`);
      write(`${new Date().toISOString()} ${level} ${plain(message)}${parts.join('')}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function shown(value: unknown): string {
  if (!(value instanceof Error)) return value === undefined ? '-' : JSON.stringify(value);
  const cause =
    value.cause === undefined
      ? ''
      : `; cause: ${value.cause instanceof Error ? String(value.cause) : shown(value.cause)}`;
  return JSON.stringify(`${value.stack ?? String(value)}${cause}`);
}
