import { defer, EMPTY, expand, map, mergeMap, of, throwError, timeout, type Observable } from 'rxjs';
import { fetchJson } from '../../boundary/fetchJson.ts';
import { fetchText, type FetchOptions } from '../../boundary/fetchText.ts';
import type { Codec } from '../../contracts/codec.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import { DeadlineError, SourceLoopError } from '../../contracts/sourceFailure.ts';
import type { JobPlace, Project } from './jobPlace.ts';
import { JobPage, JobRun, ProjectPage, startOf } from './wire.ts';

/** How the API is asked. */
export interface CodeEngineApiOptions {
  /** With `{region}` in the place of the region. */
  readonly url: string;
  readonly token: () => Promise<string>;
  /** Longest wait for one answer, in ms. */
  readonly timeoutMs: number;
  readonly fetch?: FetchOptions['fetch'];
}

const PAGE_SIZE = 100;
/** Ten thousand of a kind in one place. */
const MAX_PAGES = 100;
const MAX_BYTES = 8 * 1024 ** 2;

/** The few calls of the Code Engine API, version 2, that starting jobs takes. */
export function codeEngineApi({ url, token, timeoutMs, fetch = globalThis.fetch }: CodeEngineApiOptions) {
  const at = (region: string, path: string) => new URL(url.replace('{region}', region).replace(/\/+$/, '') + path);
  const late = () =>
    new UnreachableError('the token service', `no answer within ${timeoutMs} ms`, {
      cause: new DeadlineError(timeoutMs),
    });

  return {
    /** The projects of a region that can be used. */
    projects: (region: string): Observable<Project> =>
      pages(at(region, '/v2/projects'), ProjectPage).pipe(
        mergeMap(({ projects }) => projects),
        mergeMap(({ id, name, status = 'active' }) => (status === 'active' ? of({ region, id, name }) : EMPTY)),
      ),
    /** The jobs of a project. */
    jobs: (project: Project): Observable<JobPlace> =>
      pages(at(project.region, `/v2/projects/${encodeURIComponent(project.id)}/jobs`), JobPage).pipe(
        mergeMap(({ jobs }) => jobs),
        map(({ name }) => ({ ...project, job: name })),
      ),
    /** How a run is. */
    run: ({ region, id }: Project, name: string): Observable<JobRun> =>
      get(at(region, `/v2/projects/${encodeURIComponent(id)}/job_runs/${encodeURIComponent(name)}`), JobRun),
    /** Starts a run of that name, unless there is one already. */
    start: ({ region, id, job }: JobPlace, name: string, environment: Readonly<Record<string, string>>) =>
      authorized((options) => {
        const variables = Object.entries(environment).map(([key, value]) => ({ type: 'literal', name: key, value }));
        const body = JSON.stringify({ name, job_name: job, run_env_variables: variables });
        return fetchText(at(region, `/v2/projects/${encodeURIComponent(id)}/job_runs`), {
          ...options,
          headers: { ...options.headers, 'content-type': 'application/json' },
          accept: (status) => (status >= 200 && status < 300) || status === 409,
          fetch: (to, init) => fetch(to, { ...init, method: 'POST', body }),
        });
      }),
  };

  function authorized<T>(ask: (options: FetchOptions) => Observable<T>): Observable<T> {
    return defer(token).pipe(
      timeout({ first: timeoutMs, with: () => throwError(late) }),
      mergeMap((bearer) =>
        ask({ headers: { authorization: `Bearer ${bearer}` }, timeoutMs, maxBytes: MAX_BYTES, fetch }),
      ),
    );
  }

  function get<A>(where: URL, codec: Codec<A>): Observable<A> {
    return authorized((options) => fetchJson(where, codec, options)).pipe(map(({ data }) => data));
  }

  /** All pages of a list, one after the other. */
  function pages<A extends Parameters<typeof startOf>[0]>(list: URL, codec: Codec<A>): Observable<A> {
    return defer(() => {
      const seen = new Set<string>();
      return get(pageOf(list), codec).pipe(
        expand((data) => {
          const start = startOf(data);
          if (start === undefined) return EMPTY;
          if (seen.has(start) || seen.size >= MAX_PAGES) return throwError(() => new SourceLoopError(list.pathname));
          seen.add(start);
          return get(pageOf(list, start), codec);
        }),
      );
    });
  }
}

function pageOf(list: URL, start?: string): URL {
  const page = new URL(list);
  page.searchParams.set('limit', String(PAGE_SIZE));
  if (start !== undefined) page.searchParams.set('start', start);
  return page;
}
