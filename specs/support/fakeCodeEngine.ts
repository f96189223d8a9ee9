import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A run of a job, as the fake has it. */
export interface FakeRun {
  readonly region: string;
  readonly project: string;
  readonly name: string;
  readonly job: string;
  readonly environment: Readonly<Record<string, string>>;
  status: 'pending' | 'running' | 'completed' | 'failed';
}

/** Jobs by region and project. */
export type FakeJobs = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** IBM Cloud, as far as starting jobs takes it: the token service, and version 2 of the Code Engine API of every region. */
export interface FakeCodeEngine {
  readonly apikey: string;
  /** Of the token service. */
  readonly authUrl: string;
  /** Of the API, with `{region}` in it. */
  readonly url: string;
  jobs: FakeJobs;
  readonly runs: FakeRun[];
  /** How often each kind of call came: `token`, `projects us-south`, `jobs us-south/one`, `run`, `start`. */
  readonly calls: ReadonlyMap<string, number>;
  /** Answers a call in its own way; returns false to leave it. */
  intervene: (call: string, response: ServerResponse) => boolean;
}

/** Opens one for a test. */
export async function fakeCodeEngine(jobs: FakeJobs): Promise<FakeCodeEngine> {
  const calls = new Map<string, number>();
  const token = [{ alg: 'none' }, { iat: seconds(), exp: seconds() + 3_600 }, 'fake'].map(base64url).join('.');

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://fake');
    const body = await text(request);
    const { call, reply } = route(request, url, body);
    calls.set(call, (calls.get(call) ?? 0) + 1);
    if (!fake.intervene(call, response)) send(response, ...reply());
  };

  const route = (
    request: IncomingMessage,
    url: URL,
    body: string,
  ): { readonly call: string; readonly reply: () => Reply } => {
    if (url.pathname === '/identity/token') {
      const isKnown = new URLSearchParams(body).get('apikey') === fake.apikey;
      const granted = { access_token: token, token_type: 'Bearer', expires_in: 3_600, expiration: seconds() + 3_600 };
      return { call: 'token', reply: () => (isKnown ? [200, granted] : [400, { errorCode: 'BXNIM0415E' }]) };
    }
    const [, region = '', , projectId, list, name] =
      /^\/([a-z0-9-]+)\/v2\/projects(\/([^/]+)\/(jobs|job_runs)(?:\/([^/]+))?)?$/.exec(url.pathname) ?? [];
    const isAllowed = request.headers.authorization === `Bearer ${token}`;
    const project = projectId?.replace(/^id-/, '') ?? '';
    const regional = fake.jobs[region];
    const guarded = (reply: () => Reply) => (): Reply => {
      if (!isAllowed) return [401, problem('unauthorized')];
      return regional && (projectId === undefined || project in regional) ? reply() : [404, problem('not_found')];
    };
    if (projectId === undefined) {
      const all = Object.keys(regional ?? {}).map((known) => ({ id: `id-${known}`, name: known, status: 'active' }));
      return { call: `projects ${region}`, reply: guarded(() => page(url, 'projects', all)) };
    }
    if (list === 'jobs') {
      const all = (regional?.[project] ?? []).map((job) => ({
        name: job,
        image_reference: 'icr.io/x',
        id: `job-${job}`,
      }));
      return { call: `jobs ${region}/${project}`, reply: guarded(() => page(url, 'jobs', all)) };
    }
    if (request.method === 'POST') return { call: 'start', reply: guarded(() => start(region, project, body)) };
    const run = fake.runs.find((one) => one.region === region && one.project === project && one.name === name);
    return { call: 'run', reply: guarded(() => (run ? [200, shown(run)] : [404, problem('not_found')])) };
  };

  const start = (region: string, project: string, body: string): Reply => {
    const asked = JSON.parse(body) as {
      readonly name: string;
      readonly job_name: string;
      readonly run_env_variables: readonly { readonly type: string; readonly name: string; readonly value: string }[];
    };
    if (!(fake.jobs[region]?.[project] ?? []).includes(asked.job_name)) return [404, problem('not_found')];
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(asked.name)) return [400, problem('invalid_name')];
    if (asked.run_env_variables.some(({ type }) => type !== 'literal')) return [400, problem('invalid_variable')];
    if (fake.runs.some((run) => run.region === region && run.project === project && run.name === asked.name))
      return [409, problem('already_exists')];
    const environment = Object.fromEntries(asked.run_env_variables.map(({ name, value }) => [name, value]));
    const run: FakeRun = { region, project, name: asked.name, job: asked.job_name, environment, status: 'pending' };
    fake.runs.push(run);
    return [202, shown(run)];
  };

  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeCodeEngine = {
    apikey: 'key-of-the-fake',
    authUrl: root,
    url: `${root}/{region}`,
    jobs,
    runs: [],
    calls,
    intervene: () => false,
  };
  return fake;
}

type Reply = [status: number, body: object];

const seconds = () => Math.floor(Date.now() / 1_000);
const base64url = (part: object | string) => Buffer.from(JSON.stringify(part)).toString('base64url');
const problem = (code: string) => ({ errors: [{ code, message: code }], trace: 'fake', status_code: 0 });
const shown = ({ name, job, status }: FakeRun) => ({
  name,
  job_name: job,
  status,
  id: `run-${name}`,
  run_env_variables: [],
});

/** One page, `limit` long, with where the next one begins. */
function page(url: URL, list: string, all: readonly object[]): Reply {
  const limit = Number(url.searchParams.get('limit') ?? 100);
  if (!(limit >= 1 && limit <= 100)) return [400, problem('invalid_limit')];
  const start = Number(url.searchParams.get('start') ?? 0);
  const end = start + limit;
  const next = new URL(url);
  next.searchParams.set('start', String(end));
  return [
    200,
    {
      limit,
      first: { href: url.href },
      ...(end < all.length && { next: { href: next.href, start: String(end) } }),
      [list]: all.slice(start, end),
    },
  ];
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
