import * as t from 'io-ts';
import { firstValueFrom, map } from 'rxjs';
import { decode } from '../../boundary/decode.ts';
import { fetchJson } from '../../boundary/fetchJson.ts';
import type { Codec } from '../../contracts/codec.ts';
import { RefusedError } from '../../contracts/failure.ts';
import { serverUrl, type ServerFlags } from './serverUrl.ts';
import type { Terminal } from './terminal.ts';

const Failure = t.type({ code: t.string, message: t.string });
const Job = t.intersection([
  t.type({ id: t.string, kind: t.string, state: t.string, createTime: t.string }),
  t.partial({ startTime: t.string, endTime: t.string, lastMessage: t.unknown, result: t.unknown, error: Failure }),
]);
const JobPage = t.type({ items: t.array(Job), nextPageToken: t.string });
const Problem = t.type({ code: t.string, detail: t.string });

/** A job as the server tells it. */
export type ToldJob = t.TypeOf<typeof Job>;
/** A page of jobs as the server tells it. */
export type ToldJobPage = t.TypeOf<typeof JobPage>;

/** A server of jobs. Each call rejects with a failure that says what the server had against it. */
export interface JobsClient {
  start(kind: string, input: unknown): Promise<ToldJob>;
  get(token: string): Promise<ToldJob>;
  cancel(token: string): Promise<ToldJob>;
  list(query: Readonly<Record<string, string>>): Promise<ToldJobPage>;
}

/** The server that is named, else the one that the configuration describes. */
export async function jobsClient(flags: ServerFlags, terminal: Terminal): Promise<JobsClient> {
  const base = await serverUrl(flags, terminal);

  const ask = <A>(codec: Codec<A>, method: string, path: string, body?: unknown): Promise<A> => {
    const url = new URL(`v1/jobs${path}`, base.endsWith('/') ? base : `${base}/`);
    const sent: RequestInit = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer$ = fetchJson(url, ANY, {
      headers,
      accept: () => true,
      fetch: (target, init) => fetch(target, { ...init, ...sent }),
    });
    return firstValueFrom(
      answer$.pipe(
        map(({ status, data }) => {
          if (status >= 400) throw refusal(url, status, data);
          return decode(codec, data, url.origin + url.pathname);
        }),
      ),
    );
  };

  return {
    start: (kind, input) => ask(Job, 'POST', `/${encodeURIComponent(kind)}`, input),
    get: (token) => ask(Job, 'GET', `/${encodeURIComponent(token)}`),
    cancel: (token) => ask(Job, 'DELETE', `/${encodeURIComponent(token)}`),
    list: (query) => ask(JobPage, 'GET', `?${new URLSearchParams(query).toString()}`),
  };
}

const ANY: Codec<unknown> = t.unknown;

function refusal({ origin }: URL, status: number, data: unknown): Error {
  if (!Problem.is(data)) return new RefusedError(origin, `status ${status}, without a reason`, { status });
  return new RefusedError(origin, `${data.detail} (${data.code})`, { status });
}
