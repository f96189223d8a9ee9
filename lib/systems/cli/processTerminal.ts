import { ReaderGoneError, type Screen, type Terminal } from './terminal.ts';
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
    screen: process.stdin.isTTY && stdout.isTTY ? screenOf(process) : undefined,
  };
  return stderr.isTTY ? withProgressLine(terminal) : { ...terminal, progress: () => undefined };
}

function screenOf({ stdin, stdout }: NodeJS.Process): Screen {
  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }), // some terminals say 0
    onResize: (resized) => {
      stdout.on('resize', resized);
      return () => stdout.off('resize', resized);
    },
    onTyped: (typed) => {
      const read = (chunk: Buffer) => typed(chunk.toString('utf8'));
      stdin.setRawMode(true);
      stdin.on('data', read);
      return () => {
        stdin.off('data', read);
        stdin.setRawMode(false);
        stdin.pause(); // it would keep the process
      };
    },
  };
}
