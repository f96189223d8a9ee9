import * as t from 'io-ts';
import { map, type Observable } from 'rxjs';
import { decode } from '../../boundary/decode.ts';
import { fetchJson } from '../../boundary/fetchJson.ts';
import type { Codec } from '../../contracts/codec.ts';
import { ToldOperation } from './toldOperation.ts';

/** Where an API is, and how it is asked. */
export interface EventsClientOptions {
  readonly base: string;
  /** Default: the built-in `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** What an API answers: an operation, or why not. */
export type EventsAnswer =
  | { readonly kind: 'operation'; readonly operation: ToldOperation }
  | { readonly kind: 'problem'; readonly status: number; readonly code: string; readonly detail: string };

/** An API of commands and operations. Errors with UnreachableError, and where it answers something else entirely. */
export interface EventsClient {
  submit(command: string, data: unknown, options: { readonly key: string }): Observable<EventsAnswer>;
  /** The operation at its end, or as it stands after `waitS` seconds. */
  get(id: string, waitS: number): Observable<EventsAnswer>;
}

const Problem = t.type({ status: t.number, code: t.string, detail: t.string }, 'a problem');
const ANYTHING: Codec<unknown> = t.unknown;
const MAX_BYTES = 1024 ** 2;
const ANSWER_MS = 15_000;

export function eventsClient({ base, fetch = globalThis.fetch }: EventsClientOptions): EventsClient {
  return {
    submit: (command, data, { key }) =>
      ask(`v1/commands/${encodeURIComponent(command)}`, {
        init: { method: 'POST', body: JSON.stringify(data) },
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
      }),
    get: (id, waitS) => ask(`v1/operations/${encodeURIComponent(id)}?wait=${waitS}`, { waitMs: waitS * 1_000 }),
  };

  function ask(
    path: string,
    { init = {}, headers = {}, waitMs = 0 }: { init?: RequestInit; headers?: Record<string, string>; waitMs?: number },
  ): Observable<EventsAnswer> {
    const url = new URL(path, base.endsWith('/') ? base : `${base}/`);
    return fetchJson(url, ANYTHING, {
      headers,
      accept: () => true,
      maxBytes: MAX_BYTES,
      timeoutMs: waitMs + ANSWER_MS,
      fetch: (target, given) => fetch(target, { ...given, ...init }),
    }).pipe(map(({ status, data }) => answerOf(status, data, url.origin + url.pathname)));
  }
}

function answerOf(status: number, data: unknown, where: string): EventsAnswer {
  if (status < 400) return { kind: 'operation', operation: decode(ToldOperation, data, where) };
  const { code, detail } = decode(Problem, data, where);
  return { kind: 'problem', status, code, detail };
}
