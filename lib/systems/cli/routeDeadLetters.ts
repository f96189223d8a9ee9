import { catchError, defer, of, throwError } from 'rxjs';
import { RequestError } from '../../adapters/http/problem.ts';
import type { DeadLetterPlace, DeadLetterSource } from '../console/deadLetterSource.ts';
import { asChangeProblem } from '../routing/changeProblem.ts';
import type { Routing } from '../routing/routing.ts';

/** What routes have parked, by `receiver/route`: those of all tenants of a receiver together. */
export function routeDeadLetters(routing: Pick<Routing, 'reports' | 'redrive'>): DeadLetterSource {
  return {
    kind: 'route',
    list: () => defer(() => of(parked(routing))),
    redrive: (name, { max }) =>
      defer(() => {
        if (max !== undefined) {
          throw new RequestError(400, 'invalid_body', 'a route puts back all that it has parked: leave max out');
        }
        const [receiver = '', route = '', ...rest] = name.split('/'); // no name has a slash in it
        if (rest.length > 0 || route === '') throw new RequestError(404, 'unknown_route', 'a route is receiver/route');
        return of(routing.redrive(receiver, route));
      }).pipe(catchError((failure: unknown) => throwError(() => asChangeProblem(failure)))),
  };
}

function parked({ reports }: Pick<Routing, 'reports'>): readonly DeadLetterPlace[] {
  const places = new Map<string, DeadLetterPlace>();
  for (const { name: receiver, routes } of reports()) {
    for (const { name: route, outcomes, lastError } of routes) {
      if (outcomes.parked === 0) continue;
      const name = `${receiver}/${route}`;
      const before = places.get(name);
      const isLatest = lastError && (before?.lastTime ?? '') < lastError.time;
      places.set(name, {
        ...{ kind: 'route', name, lastReason: before?.lastReason, lastTime: before?.lastTime },
        ...(isLatest && { lastReason: lastError.reason, lastTime: lastError.time }),
        count: (before?.count ?? 0) + outcomes.parked,
      });
    }
  }
  return [...places.values()];
}
