import { ReaderGoneError, type Terminal } from './terminal.ts';
import { withProgressLine } from './withProgressLine.ts';

/** The terminal of a real process. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const { stdout, stderr, env } = process;
  stdout.on('error', () => undefined); // told by the write that failed
  stderr.on('error', () => undefined);

  const terminal: Omit<Terminal, 'progress'> = {
    env,
    columns: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined, // some terminals have no width, and say 0
    write: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (cause) => (cause ? reject(new ReaderGoneError({ cause })) : resolve()));
      }),
    error: (text) => void stderr.write(text),
    onStop(stop) {
      process.on('SIGTERM', stop);
      process.on('SIGINT', stop);
      return () => {
        process.off('SIGTERM', stop);
        process.off('SIGINT', stop);
      };
    },
    exit: (code) => process.exit(code),
  };
  return stderr.isTTY ? withProgressLine(terminal) : { ...terminal, progress: () => undefined };
}
