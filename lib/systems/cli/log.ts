import { trace } from '@opentelemetry/api';
import { plain } from './plain.ts';
import { redactedMember, redactedText } from './redacted.ts';

/** Writes what an operator should know, one line each. */
export interface Log {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

/** What a line is about. Its values are written as JSON, so that none of them can pass for a line of its own. */
export type Facts = Readonly<Record<string, unknown>>;

/** A log that writes lines such as `2026-05-01T10:00:00.000Z warn source is unreachable source="npm"`, without secrets. */
export function createLog(write: (line: string) => void): Log {
  const at =
    (level: string) =>
    (message: string, facts: Facts = {}) => {
      const all = Object.entries({ ...facts, ...spanNow() });
      const parts = all.map(([name, value]) => ` ${plain(name)}=${plain(shown(redactedMember(name, value)))}`);
      write(`${new Date().toISOString()} ${level} ${plain(redactedText(message))}${parts.join('')}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** The trace that whoever writes is in. */
export function spanNow(): Facts {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined; // of a function there is none
  return text ?? '-';
}
