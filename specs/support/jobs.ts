import * as t from 'io-ts';
import { concat, defer, NEVER, Observable, Subject } from 'rxjs';
import { aesGcmSealer } from '../../lib/adapters/node/aesGcmSealer.ts';
import { serve, type Serving } from '../../lib/adapters/http/serve.ts';
import { RefusedError } from '../../lib/contracts/failure.ts';
import { createJobs, type Jobs, type JobsOptions } from '../../lib/systems/jobs/createJobs.ts';
import type { JobKinds } from '../../lib/systems/jobs/jobKind.ts';
import { jobsApp, type JobsAppOptions } from '../../lib/systems/jobs/jobsApp.ts';
import { openSse, type SseClient } from '../adapters/http/support/sse.ts';
import type { Answer } from './catalogue.ts';

/** Jobs that are served. */
export interface TestJobs extends Serving {
  readonly jobs: Jobs;
  readonly get: (path: string, headers?: Headers) => Promise<Answer>;
  readonly post: (path: string, body: unknown, headers?: Headers) => Promise<Answer>;
  readonly del: (path: string, headers?: Headers) => Promise<Answer>;
  readonly follow: (token: string, lastEventId?: string) => Promise<SseClient>;
  /** Starts a job and gives its token. */
  readonly start: (kind: string, input?: unknown) => Promise<string>;
  /** The job at its end. */
  readonly ended: (token: string) => Promise<any>;
}

type Headers = Readonly<Record<string, string>>;

/** Kinds whose jobs go on when the spec says so. */
export interface TestKinds {
  readonly kinds: JobKinds;
  /** By token: what a job of the kind `told` tells. */
  readonly tell: (token: string) => Subject<unknown>;
  /** Tokens of the jobs of the kind `told` whose signal was aborted. */
  readonly aborted: readonly string[];
  /** Tokens of the jobs of the kind `told` that run. */
  readonly running: ReadonlySet<string>;
}

export function testKinds(): TestKinds {
  const told = new Map<string, Subject<unknown>>();
  const aborted: string[] = [];
  const running = new Set<string>();
  const tell = (token: string): Subject<unknown> => {
    const subject = told.get(token) ?? new Subject();
    told.set(token, subject);
    return subject;
  };

  return {
    tell,
    aborted,
    running,
    kinds: {
      /** Tells the numbers to `to`. */
      count: {
        description: 'counts',
        input: t.type({ to: t.number }),
        *run(input) {
          for (let n = 1; n <= (input as { to: number }).to; n++) yield { n };
        },
      },
      told: {
        input: t.unknown,
        run: (_, { token, signal }) =>
          new Observable((subscriber) => {
            running.add(token);
            signal.addEventListener('abort', () => aborted.push(token));
            subscriber.add(() => running.delete(token));
            return tell(token).subscribe(subscriber);
          }),
      },
      deaf: { input: t.unknown, run: () => NEVER },
      refuse: { input: t.unknown, run: () => concat([{ step: 1 }], refused('no such quarter')) },
      leak: { input: t.unknown, run: async () => Promise.reject(new Error('password tomato at 10.0.0.7')) },
      silent: { input: t.unknown, run: () => undefined },
      echo: { input: t.unknown, run: async (input) => input },
    },
  };
}

function refused(reason: string) {
  return defer((): never => {
    throw new RefusedError('the archive', reason);
  });
}

export const testSealer = aesGcmSealer({ keys: [{ id: 'k1', secret: 'a secret for specs only' }] });

/** Serves jobs on a free port. */
export async function startJobs(
  options: Partial<JobsOptions> & Omit<Partial<JobsAppOptions>, 'jobs'> = {},
): Promise<TestJobs> {
  const { onError } = options;
  const jobs = createJobs({ kinds: testKinds().kinds, sealer: testSealer, ...options });
  const serving = await serve(jobsApp({ ...options, jobs }), { port: 0, onError });
  return testJobsAt(serving, jobs);
}

export function testJobsAt(serving: Serving, jobs: Jobs): TestJobs {
  const { url } = serving;
  const ask = async (method: string, path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(new URL(path, url), { method, ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const get: TestJobs['get'] = (path, headers = {}) => ask('GET', path, { headers });
  const post: TestJobs['post'] = (path, body, headers = {}) =>
    ask('POST', path, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const follow: TestJobs['follow'] = (token, lastEventId) => openSse(`${url}v1/jobs/${token}/events`, lastEventId);

  return {
    ...serving,
    jobs,
    get,
    post,
    del: (path, headers = {}) => ask('DELETE', path, { headers }),
    follow,
    start: async (kind, input = {}) => {
      const { status, body } = await post(`/v1/jobs/${kind}`, input);
      if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
      return body.id;
    },
    ended: async (token) => {
      const client = await follow(token);
      while (await client.next()) {
        // to the end
      }
      return (await get(`/v1/jobs/${token}`)).body;
    },
  };
}
