import { asyncScheduler } from 'rxjs';
import type { Lane } from './diagram.ts';
import { drawComparison, findParting } from './laneComparison.ts';
import { at, MarbleMismatchError } from './mismatch.ts';
import { parseMarbles } from './parseMarbles.ts';
import type { Permit, Permitted } from './permit.ts';

/** What a test expects to be asked of a pulled source. */
export interface ExpectedPermits {
  /**
   * A digit is how many values are asked for at its time: `1--1`, and `(20)` where they are twenty. `!` is where the source is left
   * before its end.
   */
  toBe(diagram: string): void;
  /** Whether the time of all that is expected has passed. */
  isOver(): boolean;
  /** Throws when it was asked otherwise. */
  check(): void;
}

const LEFT = 'x';

/** Expects how a source is asked, in ms from now. `site` is where. */
export function expectedPermits({ permits }: Permitted, site: Error): ExpectedPermits {
  const start = asyncScheduler.now();
  let expected: Lane | undefined;
  return {
    toBe(diagram) {
      if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m)(?=\s|$)|[\d()!\s-])*$/.test(diagram)) {
        throw at(
          site,
          new Error(`permits are drawn with digits and !, as in '1--1-!' or '(20)--5', not ${JSON.stringify(diagram)}`),
        );
      }
      expected = laneOf(diagram);
    },
    isOver: () => asyncScheduler.now() - start > Math.max(0, ...(expected?.cells.keys() ?? [])),
    check() {
      if (expected === undefined) throw at(site, new Error('nothing is expected here: toBe is missing'));
      const pair = { expected, received: cellsOf(permits.map((permit) => ({ ...permit, at: permit.at - start }))) };
      const parting = findParting([pair]);
      if (parting === undefined) return;
      const where = `at ${parting.frame} ms: expected ${inWords(parting.expected)}, received ${inWords(parting.received)}`;
      throw at(
        site,
        new MarbleMismatchError([`the permits differ ${where}`, '', ...drawComparison([pair], parting)].join('\n')),
      );
    },
  };
}

/** A diagram of permits as it is drawn below what came. */
function laneOf(diagram: string): Lane {
  const digits = new Map<number, string>();
  // To the parser of streams an unsubscription is no marble.
  for (const { frame, notification } of parseMarbles(diagram.replaceAll('!', LEFT))) {
    digits.set(frame, `${digits.get(frame) ?? ''}${String(notification.value)}`);
  }
  const permits = [...digits].flatMap(([frame, text]): readonly Permit[] => {
    const count = Number(text.replaceAll(LEFT, ''));
    return [
      ...(count > 0 ? [{ kind: 'asked', at: frame, count } as const] : []),
      ...(text.includes(LEFT) ? [{ kind: 'left', at: frame } as const] : []),
    ];
  });
  return cellsOf(permits);
}

function cellsOf(permits: readonly Permit[]): Lane {
  const frames = [...new Set(permits.map((permit) => permit.at))];
  const cells = frames.map((frame) => {
    const there = permits.filter((permit) => permit.at === frame);
    const count = there.reduce((sum, permit) => sum + (permit.kind === 'asked' ? permit.count : 0), 0);
    const text = `${count > 0 ? count : ''}${there.some(({ kind }) => kind === 'left') ? '!' : ''}`;
    return [frame, text.length > 1 ? `(${text})` : text] as const;
  });
  return { cells: new Map(cells) };
}

function inWords(cell: string): string {
  const count = cell.replaceAll(/\D/g, '');
  const words = [...(count === '' ? [] : [`an ask for ${count}`]), ...(cell.includes('!') ? ['that it is left'] : [])];
  return words.join(' and ') || 'nothing';
}
