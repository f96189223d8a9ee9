import { combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs';
import type { TransportState } from '../../contracts/transport.ts';

/** The worse comes first. */
const BY_WEIGHT: readonly TransportState[] = ['disconnected', 'connecting', 'blocked', 'connected'];

/** How several connections stand together: as the worst of them does. */
export function combinedState(states: readonly Observable<TransportState>[]): Observable<TransportState> {
  return combineLatest(states).pipe(
    map((all) => BY_WEIGHT.find((state) => all.includes(state)) ?? 'connected'),
    distinctUntilChanged(),
  );
}
