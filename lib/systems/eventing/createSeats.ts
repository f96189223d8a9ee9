import { defer, finalize, type Observable } from 'rxjs';
import { RequestError } from '../../adapters/http/problem.ts';
import type { SocketSession } from '../../adapters/http/runSocket.ts';
import { whileIterated } from '../../adapters/http/whileIterated.ts';

/** How many may follow something at the same time. */
export interface SeatsOptions {
  /** Of one client; one more is answered 429. Default: 100. */
  readonly perClient?: number | undefined;
  /** Of all clients; one more is answered 503. Default: 1 000. */
  readonly total?: number | undefined;
}

/** Who follows something, from when it begins until it ends. */
export interface Seats {
  readonly taken: () => number;
  /** Throws RequestError where there is no room for one more. */
  check(client: string): void;
  /** The same, and counted while somebody is subscribed. Errors with RequestError where there is no room. */
  observed<T>(client: string, values$: Observable<T>): Observable<T>;
  /** The same, and counted while the socket is open. */
  talked(client: string, session: SocketSession): SocketSession;
  /** The same, and counted while it is iterated. */
  iterated<T>(client: string, values: AsyncIterable<T>): AsyncIterable<T>;
}

const LATER = { 'retry-after': '5' };

export function createSeats({ perClient = 100, total = 1_000 }: SeatsOptions = {}): Seats {
  const byClient = new Map<string, number>();
  let taken = 0;

  const check = (client: string): void => {
    if (taken >= total) {
      throw new RequestError(503, 'too_many_followers', `${total} clients follow something: try again later`, LATER);
    }
    if ((byClient.get(client) ?? 0) < perClient) return;
    throw new RequestError(429, 'too_many_streams', `you follow ${perClient} things already: end one first`, LATER);
  };

  /** What it gives frees the seat, once. */
  const take = (client: string): (() => void) => {
    check(client);
    taken++;
    byClient.set(client, (byClient.get(client) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      taken--;
      const left = byClient.get(client)! - 1;
      if (left === 0) byClient.delete(client);
      else byClient.set(client, left);
    };
  };

  return {
    taken: () => taken,
    check,
    observed,
    talked: (client, session) => (text$, peer) => observed(client, session(text$, peer)),
    iterated: (client, values) => whileIterated(values, () => take(client)),
  };

  function observed<T>(client: string, values$: Observable<T>): Observable<T> {
    return defer(() => {
      const free = take(client);
      return values$.pipe(finalize(free));
    });
  }
}
