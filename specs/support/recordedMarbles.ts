import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { MarbleHelpers } from '../../lib/testing/marbles.ts';
import { marbles } from '../../lib/testing/vitest/index.ts';

/** A marble test that passed: what its sources said and what came of them, from top to bottom. */
export interface RecordedTest {
  /** The file, from the root of the package. */
  readonly spec: string;
  readonly test: string;
  readonly lanes: readonly RecordedLane[];
}

/** A diagram of a test, as it was given to `cold`, `hot` or `toBe`; an inner source is one that is made while the test runs. */
export interface RecordedLane {
  readonly kind: 'source' | 'inner' | 'result';
  readonly marbles: string;
  /** What the letters stand for; absent where they stand for themselves. */
  readonly values?: Readonly<Record<string, unknown>> | undefined;
}

/** Marble tests that write down, as a line of `file`, what they ran: once they have passed, so that what is told is true. */
export function recordedMarbles(file: string): typeof marbles {
  return (body) => () => {
    const lanes: RecordedLane[] = [];
    let isWritten = false;
    const note = (kind: RecordedLane['kind'], marbles: string, values: unknown) =>
      void lanes.push({
        kind: kind === 'source' && isWritten ? 'inner' : kind,
        marbles: marbles.trim(),
        values: (values ?? undefined) as RecordedLane['values'],
      });
    marbles((helpers) => {
      body(recording(helpers, note));
      isWritten = true;
    })();
    const { currentTestName = '', testPath = '' } = expect.getState();
    const recorded: RecordedTest = {
      spec: testPath.slice(process.cwd().length + 1).replaceAll('\\', '/'),
      test: currentTestName.split(' > ').at(-1)!,
      lanes,
    };
    appendFileSync(file, `${JSON.stringify(recorded)}\n`);
  };
}

/** The helpers of a test, which note the diagrams that they are given. */
function recording(
  helpers: MarbleHelpers,
  note: (kind: RecordedLane['kind'], marbles: string, values: unknown) => void,
): MarbleHelpers {
  return {
    ...helpers,
    cold: (marbles: string, values?: never, error?: unknown) => {
      note('source', marbles, values);
      return helpers.cold(marbles, values, error);
    },
    hot: (marbles: string, values?: never, error?: unknown) => {
      note('source', marbles, values);
      return helpers.hot(marbles, values, error);
    },
    expectObservable: (stream$, subscription) => {
      const { toBe, toEqual } = helpers.expectObservable(stream$, subscription);
      return {
        toEqual,
        toBe: (marbles, values, error) => {
          note('result', marbles, values);
          toBe(marbles, values, error);
        },
      };
    },
  };
}
