import { concat, map, of, type Observable } from 'rxjs';
import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';
import type { Operation } from '../../contracts/operation.ts';
import { operationView } from './operationView.ts';

const ACCEPTED = '1';
const ENDED = '2';

/**
 * The states of one operation as events: `accepted`, and its end when it comes. After the id of one that the client has, only
 * what follows; undefined where that is nothing. After an id that nobody gave out the first one is a `reset`.
 */
export function operationEvents(
  operation: Operation,
  end$: Observable<Operation>,
  lastEventId = '',
): Observable<ServerSentEvent> | undefined {
  const accepted: Operation = { ...operation, state: 'accepted', endTime: undefined, error: undefined };
  const ended$ = end$.pipe(map((end) => stateEvent(ENDED, end)));

  if (lastEventId === '') return concat(of(stateEvent(ACCEPTED, accepted)), ended$);
  if (lastEventId === ACCEPTED) return ended$;
  if (lastEventId === ENDED && operation.state !== 'accepted') return undefined;
  const reset = { event: 'reset', data: JSON.stringify({ oldestId: ACCEPTED }), id: '0' };
  return concat(of(reset, stateEvent(ACCEPTED, accepted)), ended$);
}

function stateEvent(id: string, operation: Operation): ServerSentEvent {
  return { id, event: 'state', data: JSON.stringify(operationView(operation)) };
}
