import { right } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { authorizeAdmin, type Admin } from '../../adapters/http/authorizeAdmin.ts';
import { createApi } from '../../adapters/http/createApi.ts';
import { eventStream, type EventStreamOptions } from '../../adapters/http/eventStream.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { readJson } from '../../adapters/http/readJson.ts';
import { readPageSize, readPageToken, readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import { TextResponse } from '../../adapters/http/textResponse.ts';
import type { Codec } from '../../contracts/codec.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { explain } from '../../core/inspection/explain.ts';
import { snapshot } from '../../core/inspection/snapshot.ts';
import { toDot } from '../../core/inspection/toDot.ts';
import { toJson } from '../../core/inspection/toJson.ts';
import { toMermaid } from '../../core/inspection/toMermaid.ts';
import type { RunningDemo } from './createDemo.ts';
import { createSampler } from './createSampler.ts';
import { createSeats } from './createSeats.ts';
import { deadLetterPages } from './deadLetterPages.ts';
import type { DeadLetterSource } from './deadLetterSource.ts';
import { demoPatch } from './demoPatch.ts';
import { liveEvents } from './liveEvents.ts';
import { readLiveQuery, readNodeId } from './liveQuery.ts';
import { openapi } from './openapi.ts';
import { readRedrive } from './readRedrive.ts';
import { watchProcess } from './watchProcess.ts';

/** What {@link consoleApp} serves, and to whom. */
export interface ConsoleAppOptions {
  /** What else the server has, as `/v1/console/parts` lists it. */
  readonly parts: readonly string[];
  readonly demo?: RunningDemo | undefined;
  /** Where dead letters are. */
  readonly deadLetters: readonly DeadLetterSource[];
  /** Seals page tokens. */
  readonly sealer: TokenSealer;
  /** Who may look, and change what the demo does. */
  readonly admin: Admin;
  /** Most clients of the live stream. Default: 16. */
  readonly maxClients?: number | undefined;
  /** How event streams are treated. */
  readonly streams?: Omit<EventStreamOptions, 'onError'> | undefined;
  /** False while the server does not want new requests. */
  readonly ready?: (() => boolean) | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

const FORMATS = {
  json: { type: 'application/json', write: toJson },
  mermaid: { type: 'text/plain; charset=utf-8', write: toMermaid },
  dot: { type: 'text/vnd.graphviz; charset=utf-8', write: toDot },
} as const;

const NOTHING: Codec<unknown> = { name: 'an empty object', decode: right };

/** The API of the console: what the program is doing, live and at one moment, and the demo. Needs an inspection that runs. */
export function consoleApp(options: ConsoleAppOptions): WebApp {
  const { parts, demo, deadLetters, sealer, admin, maxClients, streams, ready, onError = () => undefined } = options;
  const app = createApi({ openapi, authorize: authorizeAdmin(admin), ready, onError });
  const samples$ = createSampler({ snapshot, watchProcess });
  const seats = createSeats(maxClients);
  const deadLetterPage$ = deadLetterPages(deadLetters, sealer);

  app.get('/v1/console/parts', ({ req }) => {
    readQuery(new URL(req.url), { once: [] });
    return answerJson({ parts, demo: demo !== undefined });
  });
  app.get('/v1/console/live', ({ req }) => {
    const query = readLiveQuery(new URL(req.url));
    refuseOtherSites(req.raw);
    seats.check();
    return eventStream(req.raw, seats.iterated(liveEvents(samples$, query)), { ...streams, onError });
  });
  app.get('/v1/console/snapshot', ({ req }) => {
    const { format = 'json' } = readQuery(new URL(req.url), { once: ['format'] });
    const { type, write } = formatOf(format);
    const headers = { 'content-type': type, 'cache-control': 'no-store' };
    return new TextResponse(write(snapshot()), { status: 200, headers });
  });
  app.get('/v1/console/explanation', ({ req }) => {
    const { node } = readQuery(new URL(req.url), { once: ['node'] });
    return answerJson(explanationOf(readNodeId(node ?? '', 'node')));
  });

  app.get('/v1/demo', ({ req }) => {
    readQuery(new URL(req.url), { once: [] });
    return answerJson(theDemo().read());
  });
  app.patch('/v1/demo', async ({ req }) => {
    const { sources, subscribers, change } = theDemo();
    return answerJson(change(await readJson(req.raw, { codec: demoPatch(sources, subscribers) })));
  });
  app.post('/v1/demo/reset', async ({ req }) => {
    await readJson(req.raw, { codec: NOTHING }); // a type that no page of another site may send unasked
    return answerJson(theDemo().reset());
  });

  app.get('/v1/deadletters', async ({ req }) => {
    const { pageSize, pageToken } = readQuery(new URL(req.url), { once: ['pageSize', 'pageToken'] });
    const place = { signal: req.raw.signal, pageSize: readPageSize(pageSize), pageToken: readPageToken(pageToken) };
    const { items, nextPageToken } = await firstValueFrom(deadLetterPage$(place));
    return answerJson({ deadLetters: items, nextPageToken });
  });
  app.post('/v1/deadletters/redrive', async ({ req }) => {
    const { kind, name, max } = await readRedrive(req.raw);
    const source = deadLetters.find((one) => one.kind === kind);
    if (!source) throw new RequestError(404, 'unknown_kind', `this server has no ${kind} with dead letters`);
    return answerJson({ redriven: await firstValueFrom(source.redrive(name, { max })) });
  });

  return { fetch: (request) => app.fetch(request) };

  function theDemo(): RunningDemo {
    if (demo) return demo;
    throw new RequestError(404, 'no_demo', 'this server runs no demo; console.demo in its configuration turns it on');
  }
}

/** A page of another site cannot read the stream, but it could take all places. Browsers say where a request comes from. */
function refuseOtherSites({ headers }: Request): void {
  if (headers.get('sec-fetch-site') !== 'cross-site') return;
  throw new RequestError(403, 'cross_site', 'the live stream is not for pages of other sites');
}

function formatOf(name: string): (typeof FORMATS)[keyof typeof FORMATS] {
  if (Object.hasOwn(FORMATS, name)) return FORMATS[name as keyof typeof FORMATS];
  throw new RequestError(400, 'invalid_format', `format must be one of ${Object.keys(FORMATS).join(', ')}`);
}

function explanationOf(id: number): object {
  const graph = snapshot();
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  if (!byId.has(id))
    throw new RequestError(404, 'unknown_node', 'there is no such node: it never was, or it has ended');
  const { sentence, chain, deadlock } = explain(id, graph);
  const named = chain.map((one) => {
    const { kind, name } = byId.get(one)!;
    return { id: one, kind, name };
  });
  return { sentence, chain: named, deadlock };
}
