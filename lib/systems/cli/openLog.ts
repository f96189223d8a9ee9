import { createLog, type Log } from './log.ts';
import { jsonLog } from './jsonLog.ts';
import type { Terminal } from './terminal.ts';

/** The log of a command, in the format that LOG_FORMAT names. What it must not name is told with the other settings. */
export function openLog({ env, error }: Pick<Terminal, 'env' | 'error'>): Log {
  const write = (line: string) => error(line);
  return env['LOG_FORMAT'] === 'json' ? jsonLog(write) : createLog(write);
}
