import { pino } from 'pino';
import { spanNow, type Facts, type Log } from './log.ts';
import { redactedMember, redactedText } from './redacted.ts';

/** What a line has already. */
const OWN = new Set(['time', 'level', 'msg']);

/** A log that writes a JSON object per line, at once and in this thread: `{"level":"warn","time":"…","msg":"…", …}`. */
export function jsonLog(write: (line: string) => void): Log {
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    { write },
  );
  const at =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, facts: Facts = {}) => {
      const all = Object.entries({ ...facts, ...spanNow() });
      const members = all.map(([name, value]) => [OWN.has(name) ? `${name}_` : name, redactedMember(name, value)]);
      logger[level](Object.fromEntries(members), redactedText(message));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
