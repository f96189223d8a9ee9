// Log lines of several shards in the order of time: a file that is read on demand, a live stream, and an array.
import { concat, lastValueFrom, of, timer, toArray, map } from 'rxjs';
import { mergeSorted } from 'rxfan/operators';

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

export const lines = await lastValueFrom(
  mergeSorted([file(), live$, kept], { compare: (a, b) => a.at - b.at }).pipe(toArray()),
);
for (const { at, text } of lines) console.log(at, text);
