import { catchError, EMPTY, repeat, timer, type Observable } from 'rxjs';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { readEvents } from '../api/readEvents.ts';
import type { Alert } from './receiver.ts';

/** From one request to the next, in ms: also of the stream of alerts, when it has ended. */
const EVERY_MS = 5_000;

/** The alerts that are raised; asked for again at once when one is raised or cleared. */
export function raisedAlerts(): Observable<Polled<{ readonly alerts: readonly Alert[] }>> {
  const changes$ = readEvents('/v1/alerts/events').pipe(
    catchError(() => EMPTY), // the list itself says what is wrong
    repeat({ delay: () => timer(EVERY_MS) }),
  );
  return polled(() => ask<{ alerts: readonly Alert[] }>('/v1/alerts?pageSize=100'), {
    everyMs: EVERY_MS,
    again$: changes$,
  });
}
