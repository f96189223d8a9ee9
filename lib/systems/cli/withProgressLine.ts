import { plain } from './plain.ts';
import type { Terminal } from './terminal.ts';

/** What draws a line over, whatever is on it. */
const CLEAR = '\r\u001b[K';
const WIDTH = 80;
const EVERY_MS = 1_000;

/**
 * A terminal with a line for progress below all else that is written: what is waited for, and for how many seconds.
 * Whatever is written meanwhile goes above it.
 */
export function withProgressLine(terminal: Omit<Terminal, 'progress'>): Terminal {
  const { columns = WIDTH } = terminal;
  let shown: string | undefined;
  let seconds = 0;
  let ticking: NodeJS.Timeout | undefined; // of the host: rxjs is more than help should wait for

  const draw = () => {
    if (shown === undefined) return;
    const tail = seconds === 0 ? ' …' : ` … ${seconds} s`;
    terminal.error(`${CLEAR}${plain(shown).slice(0, Math.max(0, columns - 1 - tail.length))}${tail}`);
  };
  const erase = () => {
    if (shown !== undefined) terminal.error(CLEAR);
  };
  const progress = (text: string | undefined) => {
    if (text === undefined) {
      erase();
      clearInterval(ticking);
      ticking = undefined;
      seconds = 0;
    } else {
      ticking ??= setInterval(() => {
        seconds++;
        draw();
      }, EVERY_MS);
    }
    shown = text;
    draw();
  };

  return {
    ...terminal,
    progress,
    write: async (text) => {
      erase();
      await terminal.write(text);
      draw();
    },
    error: (text) => {
      erase();
      terminal.error(text);
      draw();
    },
    exit: (code) => {
      progress(undefined);
      terminal.exit(code);
    },
  };
}
