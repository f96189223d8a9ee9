import { defer, EMPTY, expand, map, mergeMap, of, throwError, timeout, type Observable } from 'rxjs';
import { fetchJson, type JsonAnswer } from '../../boundary/fetchJson.ts';
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
  const authorized = <T>(ask: (options: FetchOptions) => Observable<T>) =>
    defer(token).pipe(
      timeout({ first: timeoutMs, with: () => throwError(late) }),
      mergeMap((bearer) =>
        ask({ headers: { authorization: `Bearer ${bearer}` }, timeoutMs, maxBytes: MAX_BYTES, fetch }),
      ),
    );
  const get = <A>(where: URL, codec: Codec<A>): Observable<JsonAnswer<A>> =>
    authorized((options) => fetchJson(where, codec, options));

  /** All pages of a list, one after the other. */
  const pages = <A extends Parameters<typeof startOf>[0]>(where: URL, codec: Codec<A>): Observable<A> => {
    const page = (start?: string) => {
      const target = new URL(where);
      target.searchParams.set('limit', String(PAGE_SIZE));
      if (start !== undefined) target.searchParams.set('start', start);
      return get(target, codec).pipe(map(({ data }) => data));
    };
    return defer(() => {
      const seen = new Set<string>();
      return page().pipe(
        expand((data) => {
          const start = startOf(data);
          if (start === undefined) return EMPTY;
          if (seen.has(start) || seen.size >= MAX_PAGES) return throwError(() => new SourceLoopError(where.pathname));
          seen.add(start);
          return page(start);
        }),
      );
    });
  };

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
    /** How a run is; undefined: there is none of that name. */
    run: ({ region, id }: Project, name: string): Observable<JobRun | undefined> => {
      const where = at(region, `/v2/projects/${encodeURIComponent(id)}/job_runs/${encodeURIComponent(name)}`);
      return get(where, JobRun).pipe(map(({ data }) => data));
    },
    /** Starts a run of that name, unless there is one already. */
    start: ({ region, id, job }: JobPlace, name: string, environment: Readonly<Record<string, string>>) =>
      authorized((options) => {
        const body = JSON.stringify({
          name,
          job_name: job,
          run_env_variables: Object.entries(environment).map(([key, value]) => ({ type: 'literal', name: key, value })),
        });
        const headers = { ...options.headers, 'content-type': 'application/json' };
        return fetchText(at(region, `/v2/projects/${encodeURIComponent(id)}/job_runs`), {
          ...options,
          headers,
          accept: (status) => (status >= 200 && status < 300) || status === 409,
          fetch: (to, init) => fetch(to, { ...init, method: 'POST', body }),
        });
      }),
  };
}
