// Three lists that are in order become one that is: an array, a generator that is pulled, and a stream that takes its time.
import { lastValueFrom, map, timer, toArray } from 'rxjs';
import { mergeSorted } from 'rxfan/operators';

async function* second() {
  yield 2;
  yield 5;
}
const third$ = timer(10).pipe(map(() => 3));

export const merged = await lastValueFrom(
  mergeSorted([[1, 4, 6], second(), third$], { compare: (a, b) => a - b }).pipe(toArray()),
);
console.log(merged);
