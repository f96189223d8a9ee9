import {
  catchError,
  defer,
  EMPTY,
  filter,
  firstValueFrom,
  fromEvent,
  merge,
  of,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
  type Observable,
} from 'rxjs';
import * as t from 'io-ts';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { connectionOf } from '../../adapters/http/connection.ts';
import { createApi } from '../../adapters/http/createApi.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { readIdempotencyKey } from '../../adapters/http/readIdempotencyKey.ts';
import { readJson } from '../../adapters/http/readJson.ts';
import { readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/createWebServer.ts';
import { newId } from '../../adapters/node/newId.ts';
import { openapi } from '../eventing/openapi.ts';
import { readWait } from '../eventing/readWait.ts';
import type { Upstream } from './createUpstream.ts';
import type { EventsAnswer, EventsClient } from './eventsClient.ts';

/** What {@link daemonApp} hands on to, and hears from. */
export interface DaemonAppOptions {
  readonly client: EventsClient;
  readonly upstream: Upstream;
  /** False while the daemon does not want new requests. */
  readonly ready?: (() => boolean) | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** Commands and operations of an API, as the API itself answers them. Whoever waits does so here, over one connection. */
export function daemonApp({ client, upstream, ready, onError }: DaemonAppOptions): WebApp {
  const app = createApi({ openapi, ready, onError });

  app.post('/v1/commands/:name', async ({ req }) => {
    readQuery(new URL(req.url), { once: [] });
    const key = readIdempotencyKey(req.raw.headers) ?? newId();
    const data = await readJson(req.raw, { codec: t.unknown });
    return told(await firstValueFrom(client.submit(req.param('name'), data, { key })).catch(unreachable), 202);
  });

  app.get('/v1/operations/:id', async ({ req }) => {
    const waitMs = readWait(readQuery(new URL(req.url), { once: ['wait'] }).wait);
    const left$ = fromEvent(req.raw.signal, 'abort');
    const late$ = merge(timer(waitMs), connectionOf(req.raw).stopping$);
    return told(await firstValueFrom(ended(req.param('id'), late$).pipe(takeUntil(left$))), 200);
  });

  return { fetch: (request) => app.fetch(request) };

  /** Looks once, and again where something may have been missed; meanwhile the news tell. */
  function ended(id: string, late$: Observable<unknown>): Observable<EventsAnswer> {
    return defer(() => {
      let latest: EventsAnswer | undefined;
      const look$ = client.get(id, 0);
      const answer$ = upstream.news$.pipe(
        startWith({ kind: 'gap' } as const),
        filter((news) => news.kind === 'gap' || news.operation.id === id),
        switchMap((news) => (news.kind === 'gap' ? look$.pipe(catchError(() => EMPTY)) : of(news))),
        tap((answer) => (latest = answer)),
        filter((answer) => answer.kind === 'problem' || answer.operation.state !== 'accepted'),
      );
      const standing$ = late$.pipe(
        take(1),
        switchMap(() => (latest ? of(latest) : look$)),
        catchError(unreachable),
      );
      return merge(answer$, standing$).pipe(take(1));
    });
  }
}

function told(answer: EventsAnswer, status: number): Response {
  if (answer.kind === 'operation') return answerJson(answer.operation, { status });
  throw new RequestError(answer.status, answer.code, answer.detail);
}

function unreachable(failure: unknown): never {
  const reason = failure instanceof Error ? failure.message : String(failure);
  throw new RequestError(503, 'upstream_unreachable', reason, { 'retry-after': '1' });
}
