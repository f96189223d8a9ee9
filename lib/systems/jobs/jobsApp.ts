import { right } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { createApi, type ApiOptions } from '../../adapters/http/createApi.ts';
import { eventStream, type EventStreamOptions } from '../../adapters/http/eventStream.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { readIdempotencyKey } from '../../adapters/http/readIdempotencyKey.ts';
import { readJson } from '../../adapters/http/readJson.ts';
import { quoted, readPageSize, readPageToken, readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import type { Codec } from '../../contracts/codec.ts';
import type { JobOperationState } from '../../contracts/job.ts';
import type { WalkQuery } from '../../core/paging/aggregate.ts';
import { countIterations } from './countIterations.ts';
import type { Jobs } from './createJobs.ts';
import { openapi as ownApi } from './openapi.ts';
import { requestErrorOf } from './requestErrorOf.ts';

/** What {@link jobsApp} serves, and to whom. */
export interface JobsAppOptions extends Omit<ApiOptions, 'openapi'> {
  readonly jobs: Jobs;
  /** What /openapi.json says. Default: the description of the jobs alone. */
  readonly openapi?: object | undefined;
  /** Most clients that follow jobs at the same time; one more is answered 503. Default: 1 000. */
  readonly maxFollowers?: number | undefined;
  /** How the event streams of those who follow a job are treated. */
  readonly streams?: Omit<EventStreamOptions, 'onError'> | undefined;
}

const ANY_JSON: Codec<unknown> = { name: 'JSON', decode: right };
const STATES: readonly JobOperationState[] = [
  ...(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timedOut', 'rejected'] as const),
];

/** The HTTP side of jobs: the API under /v1/jobs, its description, and health. */
export function jobsApp(options: JobsAppOptions): WebApp {
  const { jobs, openapi = ownApi, maxFollowers = 1_000, streams, ready = () => true, onError } = options;
  const app = createApi({ ...options, openapi });
  const followers = countIterations();

  app.post('/v1/jobs/:kind', async ({ req, var: { tenant } }) => {
    const kind = req.param('kind');
    readQuery(new URL(req.url), { once: [] });
    if (!ready()) throw new RequestError(503, 'stopping', 'the server is stopping', { 'retry-after': '5' });
    if (!Object.hasOwn(jobs.kinds, kind)) throw new RequestError(404, 'unknown_kind', noKind(kind));
    const key = readIdempotencyKey(req.raw.headers);
    const input = await readJson(req.raw, { codec: ANY_JSON });
    const job = await firstValueFrom(jobs.start({ kind, input, tenant, key })).catch((failure: unknown) => {
      throw requestErrorOf(failure);
    });
    return answerJson(job, { status: 202, headers: { location: `/v1/jobs/${job.id}` } });
  });

  app.get('/v1/jobs', async ({ req, var: { tenant } }) => {
    const { kind, state, ...place } = readQuery(new URL(req.url), {
      once: ['pageSize', 'pageToken', 'kind', 'state'],
    });
    const query = { ...walk(req.raw, tenant, place), kind: knownKind(kind), state: knownState(state) };
    return answerJson(await firstValueFrom(jobs.page(query)));
  });

  app.get('/v1/jobs/kinds', async ({ req, var: { tenant } }) => {
    const place = readQuery(new URL(req.url), { once: ['pageSize', 'pageToken'] });
    return answerJson(await firstValueFrom(jobs.kindsPage(walk(req.raw, tenant, place))));
  });

  app.get('/v1/jobs/:token', ({ req, var: { tenant } }) => {
    readQuery(new URL(req.url), { once: [] });
    return answerJson(jobs.get(req.param('token'), tenant) ?? unknownJob());
  });

  app.delete('/v1/jobs/:token', ({ req, var: { tenant } }) => {
    readQuery(new URL(req.url), { once: [] });
    try {
      return answerJson(jobs.cancel(req.param('token'), tenant) ?? unknownJob());
    } catch (failure) {
      throw requestErrorOf(failure);
    }
  });

  app.get('/v1/jobs/:token/events', ({ req, var: { tenant } }) => {
    readQuery(new URL(req.url), { once: [] });
    const lastEventId = req.header('last-event-id');
    const followed = jobs.follow(req.param('token'), { tenant, lastEventId });
    if (followed === 'unknown') return unknownJob();
    if (followed === 'over') return new Response(null, { status: 204 }); // a browser comes again until it gets this
    if (followers.count() >= maxFollowers) {
      throw new RequestError(
        503,
        'too_many_followers',
        `${maxFollowers} clients follow jobs already: try again later`,
        {
          'retry-after': '5',
        },
      );
    }
    return eventStream(req.raw, followers.counted(followed), { ...streams, onError });
  });

  return { fetch: (request) => app.fetch(request) };

  function noKind(kind: string): string {
    return `there is no kind of job ${quoted(kind)}; known: ${Object.keys(jobs.kinds).join(', ')}`;
  }

  function knownKind(kind: string | undefined): string | undefined {
    if (kind === undefined || Object.hasOwn(jobs.kinds, kind)) return kind;
    throw new RequestError(400, 'unknown_kind', noKind(kind));
  }
}

function walk(
  { signal }: Request,
  tenant: string,
  { pageSize, pageToken }: { readonly pageSize?: string; readonly pageToken?: string },
): WalkQuery<never> {
  return { tenant, signal, pageSize: readPageSize(pageSize), pageToken: readPageToken(pageToken) };
}

function knownState(state: string | undefined): JobOperationState | undefined {
  const known = STATES.find((candidate) => candidate === state);
  if (state === known) return known;
  throw new RequestError(400, 'unknown_state', `there is no state ${quoted(state!)}; known: ${STATES.join(', ')}`);
}

function unknownJob(): never {
  throw new RequestError(404, 'unknown_job', 'there is no such job: it never was, or it ended too long ago');
}
