import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listsProgress } from '../../../lib/systems/cli/listsProgress.ts';
import { withProgressLine } from '../../../lib/systems/cli/withProgressLine.ts';
import { fanTest } from '../../../lib/testing/vitest/fanTest.ts';

const COLUMNS = 40;
const CLEAR = '\r\u001b[K';

/** A terminal whose both outputs are one screen, on which a line can be drawn over. */
function onScreen() {
  let screen = '';
  const show = (text: string) => {
    const [above = '', ...over] = text.split(CLEAR);
    screen += above;
    for (const part of over) screen = screen.slice(0, screen.lastIndexOf('\n') + 1) + part;
  };
  const exits: number[] = [];
  const terminal = withProgressLine({
    env: {},
    columns: COLUMNS,
    write: async (text) => show(text),
    error: show,
    onStop: () => () => undefined,
    exit: (code) => exits.push(code),
    screen: undefined,
  });
  return { terminal, exits, lines: () => screen.split('\n') };
}

describe('the line of progress', () => {
  it(
    'tells what is waited for and for how long, in virtual time too',
    fanTest(async ({ sleep }) => {
      const { terminal, lines } = onScreen();
      terminal.progress('reading');
      expect(lines()).toEqual(['reading …']);
      await sleep(3_500);
      expect(lines()).toEqual(['reading … 3 s']);
      terminal.progress('reading more'); // of the same wait
      expect(lines()).toEqual(['reading more … 3 s']);
      await sleep(1_000);
      terminal.progress(undefined);
      expect(lines()).toEqual(['']);
      terminal.progress('anew');
      expect(lines()).toEqual(['anew …']);
      terminal.progress(undefined);
    }),
  );

  it(
    'is gone when the program exits, and leaves no timer',
    fanTest(async () => {
      const { terminal, exits, lines } = onScreen();
      terminal.progress('stopping');
      terminal.exit(1);
      expect([exits, lines()]).toEqual([[1], ['']]);
    }),
  );

  it('is below all that is written, within the width, and leaves nothing behind, whatever comes when', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constantFrom('write' as const, 'error' as const),
        text: fc.stringMatching(/^[a-z]{0,60}$/),
      }),
      fc.record({
        kind: fc.constant('progress' as const),
        text: fc.option(fc.string({ maxLength: 80 }), { nil: undefined }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { terminal, lines } = onScreen();
        const written: string[] = [];
        let shown: string | undefined;
        for (const { kind, text } of steps) {
          if (kind === 'progress') terminal.progress((shown = text));
          else {
            written.push(text);
            await terminal[kind](`${text}\n`);
          }
          const [last, ...above] = lines().toReversed();
          expect(above.toReversed()).toEqual(written);
          if (shown === undefined) expect(last).toBe('');
          else expect(last).toMatch(/^.{0,36} … ?\d* ?s?$/u);
          expect(last!.length).toBeLessThan(COLUMNS);
        }
        terminal.progress(undefined);
        expect(lines()).toEqual([...written, '']);
      }),
    );
  });

  it('cannot be made to steer the terminal', () => {
    const { terminal, lines } = onScreen();
    terminal.progress('a\u001b[2J\nb');
    expect(lines()).toEqual(['a\\u001b[2J\\u000ab …']);
    terminal.progress(undefined);
  });
});

describe('the progress of lists', () => {
  it('names those that are waited for, and is silent before and after', () => {
    const told: (string | undefined)[] = [];
    const lists = listsProgress({ progress: (text) => void told.push(text) });

    lists.answered('early');
    lists.begin(['npm', 'dpkg', 'pip']);
    lists.answered('dpkg');
    lists.answered('npm');
    lists.answered('pip');
    lists.end();
    lists.answered('late');
    lists.end();

    expect(told).toEqual([
      'reading the lists, 0 of 3: waiting for npm, dpkg, pip',
      'reading the lists, 1 of 3: waiting for npm, pip',
      'reading the lists, 2 of 3: waiting for pip',
      'reading the lists',
      undefined,
    ]);
  });
});
