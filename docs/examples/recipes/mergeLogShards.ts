// Log lines of several shards in the order of time: a file that is read on demand, a live stream, and an array.
import { concat, lastValueFrom, map, of, tap, timer, toArray } from 'rxjs';
import { mergeSorted, SourceOrderError } from 'rxfan/operators';

interface Line {
  readonly at: number;
  readonly text: string;
}

async function* file(): AsyncGenerator<Line> {
  yield { at: 1, text: 'file: opened' };
  yield { at: 4, text: 'file: closed' };
}
const live$ = concat(of({ at: 2, text: 'live: connected' }), timer(5).pipe(map(() => ({ at: 5, text: 'live: gone' }))));
const kept: Line[] = [{ at: 3, text: 'kept: noted' }];
const byTime = { compare: (a: Line, b: Line) => a.at - b.at };

export const lines = await lastValueFrom(
  mergeSorted([file(), live$, kept], { ...byTime, bufferSize: 10_000 }).pipe(toArray()),
);
for (const { at, text } of lines) console.log(at, text);

// A shard whose clock went back is found and named: nothing comes out in the wrong order.
const skewed: Line[] = [
  { at: 2, text: 'skewed: before' },
  { at: 1, text: 'skewed: after' },
];
export const before: Line[] = [];
export const broken = await lastValueFrom(
  mergeSorted([kept, skewed], byTime).pipe(tap((line) => before.push(line))),
).catch((error: unknown) => error);
if (broken instanceof SourceOrderError) console.log(broken.message);
