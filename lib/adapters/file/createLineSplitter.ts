/** What {@link createLineSplitter} tells of what it finds. */
export interface LineSplitterOptions {
  /** Longest line, in bytes without its end. */
  readonly maxLineBytes: number;
  readonly onLine: (line: string) => void;
  /** Called once for each line that is too long; nothing of it is kept. */
  readonly onTooLong: () => void;
}

/** Makes lines of bytes that come in pieces. */
export interface LineSplitter {
  push(bytes: Buffer): void;
  /** Nothing more belongs to the last line: it is a line although nothing ends it. */
  flush(): void;
  /** Leaves out everything up to the next end of a line. */
  skip(): void;
}

const LF = 0x0a;
const CR = 0x0d;

/** Splits UTF-8 into lines that end in `\n` or `\r\n`, wherever the pieces are cut. */
export function createLineSplitter({ maxLineBytes, onLine, onTooLong }: LineSplitterOptions): LineSplitter {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isSkipping = false;

  const begin = (): void => {
    parts = [];
    bytes = 0;
    isSkipping = false;
  };

  const skip = (): void => {
    begin();
    isSkipping = true;
  };

  const add = (part: Buffer): void => {
    if (isSkipping) return;
    parts.push(part);
    bytes += part.length;
    if (bytes <= maxLineBytes + 1) return; // one more: it may be the \r of its end
    skip();
    onTooLong();
  };

  const finish = (): void => {
    const line = Buffer.concat(parts);
    const length = line.at(-1) === CR ? line.length - 1 : line.length;
    const isLeftOut = isSkipping;
    begin();
    if (isLeftOut) return;
    if (length > maxLineBytes) onTooLong();
    else onLine(line.toString('utf8', 0, length));
  };

  return {
    push: (chunk) => {
      let from = 0;
      for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
        add(chunk.subarray(from, to));
        finish();
        from = to + 1;
      }
      if (from < chunk.length) add(Buffer.from(chunk.subarray(from))); // a copy: the chunk is used again
    },
    flush: () => {
      if (bytes > 0) finish();
      begin();
    },
    skip,
  };
}
