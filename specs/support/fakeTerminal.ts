import { withProgressLine } from '../../lib/systems/cli/withProgressLine.ts';
import { ReaderGoneError, type Screen, type Terminal } from '../../lib/systems/cli/terminal.ts';

/** A terminal that remembers what was written to it. */
export interface FakeTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
  /** Codes of `exit`. */
  readonly exits: readonly number[];
  /** Asks to stop, as a signal does. */
  readonly stop: () => void;
  /** Resolves when standard output says this. */
  readonly says: (pattern: RegExp) => Promise<RegExpMatchArray>;
}

export interface FakeTerminalOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly columns?: number;
  readonly showsProgress?: boolean;
  /** How often may be written before the reader leaves. Default: for ever. */
  readonly reads?: number;
  /** Who sits at it. Default: nobody. */
  readonly screen?: Screen;
}

export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const { env = {}, columns, showsProgress = false, reads = Infinity, screen } = options;
  const texts = { out: '', err: '' };
  const exits: number[] = [];
  const stops = new Set<() => void>();
  const waiting = new Set<() => void>();
  let writes = 0;

  const terminal: Omit<Terminal, 'progress'> = {
    env,
    columns,
    write: async (text) => {
      if (writes++ >= reads) throw new ReaderGoneError();
      texts.out += text;
      for (const look of waiting) look();
    },
    error: (text) => (texts.err += text),
    onStop: (stop) => {
      stops.add(stop);
      return () => stops.delete(stop);
    },
    exit: (code) => exits.push(code),
    screen,
  };
  return {
    ...(showsProgress ? withProgressLine(terminal) : { ...terminal, progress: () => undefined }),
    out: () => texts.out,
    err: () => texts.err,
    exits,
    stop: () => {
      for (const stop of stops) stop();
    },
    says: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          const found = pattern.exec(texts.out);
          if (found !== null) resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
