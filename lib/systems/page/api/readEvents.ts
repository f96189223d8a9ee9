import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { catchError, Observable, throwError } from 'rxjs';
import { fetchAsAdmin } from './fetchAsAdmin.ts';
import { toFailure } from './toFailure.ts';

/** Most characters of an event that are waited for. */
const MAX_EVENT = 1_000_000;

/**
 * The server-sent events of one answer, which the browser's own EventSource could not ask for with a token. Completes when the
 * server ends it; errors with an ApiFailure; unsubscribing aborts.
 */
export function readEvents(path: string): Observable<EventSourceMessage> {
  return new Observable<EventSourceMessage>((subscriber) => {
    const abort = new AbortController();
    subscriber.add(() => abort.abort());
    const parser = createParser({ onEvent: (event) => subscriber.next(event), maxBufferSize: MAX_EVENT });

    const read = async () => {
      const headers = { accept: 'text/event-stream' };
      const { body } = await fetchAsAdmin(path, { headers, signal: abort.signal, cache: 'no-store' });
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
      for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
        parser.feed(chunk.value);
      }
    };
    read().then(
      () => subscriber.complete(),
      (failure: unknown) => subscriber.error(failure),
    );
  }).pipe(catchError((failure: unknown) => throwError(() => toFailure(failure))));
}
