import { filter, map, repeat, type Observable } from 'rxjs';
import { wait } from './wait.ts';

/** Emits when something has taken so long, or twice as long and so on, and others wait that may be faster. */
export function givingWay(patienceMs: number, isPressed: () => boolean): Observable<'yielded'> {
  return wait(patienceMs).pipe(
    repeat(),
    filter(isPressed),
    map(() => 'yielded' as const),
  );
}
