import type { Observable } from 'rxjs';

/** Everything that a stream says from now on: its values, then its error, or 'complete'. */
export function record(source$: Observable<unknown>): unknown[] {
  const events: unknown[] = [];
  source$.subscribe({
    next: (value) => events.push(value),
    error: (error: unknown) => events.push(error),
    complete: () => events.push('complete'),
  });
  return events;
}
