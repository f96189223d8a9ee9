import { distinctUntilChanged, of, startWith, switchMap, type Observable } from 'rxjs';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import type { Explanation } from './explanation.ts';

/** Who holds up the node that is meant, asked for again each second. */
export function explained(node$: Observable<number | undefined>): Observable<Polled<Explanation>> {
  return node$.pipe(
    distinctUntilChanged(),
    switchMap((id) =>
      id === undefined ? of({}) : polled(() => explanationOf(id), { everyMs: 1_000 }).pipe(startWith({})),
    ),
  );
}

function explanationOf(id: number): Observable<Explanation> {
  return ask<Explanation>(`/v1/console/explanation?node=${id}`);
}
