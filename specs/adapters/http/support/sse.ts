import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** A client of an event stream. */
export interface SseClient {
  readonly response: Response;
  /** What came so far, and what is yet to come, one by one; undefined at the end. */
  readonly next: () => Promise<EventSourceMessage | undefined>;
  /** So many of them. */
  readonly take: (count: number) => Promise<readonly EventSourceMessage[]>;
  readonly comments: readonly string[];
  readonly retries: readonly number[];
  readonly leave: () => void;
}

/** Opens an event stream over HTTP. */
export async function openSse(
  url: string,
  lastEventId?: string,
  others: Readonly<Record<string, string>> = {},
): Promise<SseClient> {
  const leaving = new AbortController();
  const headers = { ...others, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
  const response = await fetch(url, { headers, signal: leaving.signal });
  return { ...readSse(response), leave: () => leaving.abort() };
}

/** Reads an answer as an event stream. */
export function readSse(response: Response): Omit<SseClient, 'leave'> {
  const events: EventSourceMessage[] = [];
  const comments: string[] = [];
  const retries: number[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onComment: (comment) => comments.push(comment),
    onRetry: (ms) => retries.push(ms),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => {
    while (events.length === 0) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      parser.feed(value);
    }
    return events.shift();
  };
  const take = async (count: number) => {
    const taken: EventSourceMessage[] = [];
    while (taken.length < count) {
      const event = await next();
      if (!event) break;
      taken.push(event);
    }
    return taken;
  };
  return { response, next, take, comments, retries };
}
