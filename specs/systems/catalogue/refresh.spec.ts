import { afterEach, describe, expect, it } from 'vitest';
import { lastValueFrom, NEVER, throwError, toArray } from 'rxjs';
import type { PackageSource } from '../../../lib/adapters/packages/package.ts';
import type { Serving } from '../../../lib/adapters/http/serve.ts';
import { UnreachableError } from '../../../lib/contracts/failure.ts';
import {
  createCatalogue,
  type Catalogue,
  type CatalogueOptions,
} from '../../../lib/systems/catalogue/createCatalogue.ts';
import { catalogueRefresh } from '../../../lib/systems/jobs/catalogueRefresh.ts';
import { listOf, manyOf } from '../../support/catalogue.ts';
import { startJobs, testSealer, type TestJobs } from '../../support/jobs.ts';

const servings: Pick<Serving, 'stop'>[] = [];
afterEach(() => Promise.all(servings.splice(0).map((serving) => serving.stop({ deadlineMs: 0 }))));

const typed = (sources: readonly PackageSource[]) => sources.map((source) => ({ type: 'test', source }));
const gone = (name: string): PackageSource => ({
  name,
  fetch: () => throwError(() => new UnreachableError(name, 'it is gone')),
});
const one = (source: string, version: string) => listOf(source, [{ name: 'a', version }]);

function open(
  before: readonly PackageSource[],
  after: readonly PackageSource[],
  options: Partial<CatalogueOptions> = {},
) {
  return createCatalogue({ sources: typed(before), reopen: () => [typed(after)], sealer: testSealer, ...options });
}
const refreshed = (catalogue: Catalogue) => lastValueFrom(catalogue.refresh().pipe(toArray()));
const versions = async (catalogue: Catalogue) =>
  (await lastValueFrom(catalogue.page())).items.map(({ source, version }) => `${source} ${version}`);

async function run(catalogue: Catalogue): Promise<{ server: TestJobs; job: any; events: readonly any[] }> {
  const server = await startJobs({ kinds: { 'catalogue.refresh': catalogueRefresh(catalogue) } });
  servings.push(server);
  const token = await server.start('catalogue.refresh');
  const events = await (await server.follow(token)).take(99);
  return { server, job: (await server.get(`/v1/jobs/${token}`)).body, events };
}

describe('a refresh of the catalogue', () => {
  it('has the catalogue list what its sources have now', async () => {
    const catalogue = open([one('x', '1'), one('y', '1')], [one('x', '2'), one('y', '3')]);
    expect(await versions(catalogue)).toEqual(['x 1', 'y 1']);

    expect(await refreshed(catalogue)).toEqual([
      { source: 'x', items: 1 },
      { source: 'y', items: 1 },
    ]);

    expect(await versions(catalogue)).toEqual(['x 2', 'y 3']);
  });

  it('keeps the list of a source that cannot be read, or is not there any more', async () => {
    const catalogue = open([one('x', '1'), one('y', '1'), one('z', '1')], [gone('x'), one('z', '2')]);

    const reports = await refreshed(catalogue);

    expect(reports).toEqual([
      { source: 'x', unreachable: { code: 'source_failed', reason: 'source x: cannot reach x: it is gone' } },
      {
        source: 'y',
        unreachable: { code: 'source_failed', reason: 'source y: cannot reach y: it is not there any more' },
      },
      { source: 'z', items: 1 },
    ]);
    const { items } = await lastValueFrom(catalogue.sources());
    expect(items.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'x unreachable',
      'y unreachable',
      'z reachable',
    ]);
    expect(await versions(catalogue)).toEqual(['x 1', 'y 1', 'z 2']);
  });

  it('does not wait for ever, and hides foreign texts', async () => {
    const foreign: unknown[] = [];
    const leak: PackageSource = { name: 'x', fetch: () => throwError(() => new Error('tomato')) };
    const catalogue = open([one('x', '1'), one('y', '1')], [leak, { name: 'y', fetch: () => NEVER }], {
      timeoutMs: 20,
      onForeignFailure: (_, failure) => foreign.push(failure),
    });

    const reports = await refreshed(catalogue);

    expect(reports.map(({ source }) => source).sort()).toEqual(['x', 'y']);
    expect(JSON.stringify(reports)).not.toContain('tomato');
    expect(foreign.map(String)).toEqual(['Error: tomato']);
    expect(await versions(catalogue)).toEqual(['x 1', 'y 1']);
  });

  it('keeps page tokens good, and walks that have begun go on', async () => {
    const catalogue = open([manyOf('x', 10)], [manyOf('x', 20)]);
    const { nextPageToken } = await lastValueFrom(catalogue.page({ pageSize: 5 }));
    await refreshed(catalogue);

    const { items } = await lastValueFrom(catalogue.page({ pageSize: 100, pageToken: nextPageToken }));

    expect(items.at(-1)?.name).toBe('package-000019');
  });
});

describe('the job catalogue.refresh', () => {
  it('tells of each source, and its result is the sum', async () => {
    const { job, events } = await run(open([one('x', '1'), manyOf('y', 5)], [gone('x'), manyOf('y', 2_500)]));

    expect(
      events
        .slice(2, 4)
        .map(({ data }) => JSON.parse(data))
        .sort((a, b) => (a.source < b.source ? -1 : 1)),
    ).toEqual([
      { source: 'x', unreachable: { code: 'source_failed', reason: 'source x: cannot reach x: it is gone' } },
      { source: 'y', items: 2_500 },
    ]);
    expect(job).toMatchObject({ state: 'succeeded', result: { sources: 2, items: 2_500, unreachable: ['x'] } });
  });

  it('fails where no source could be read, and succeeds where there is none', async () => {
    const { job } = await run(open([one('x', '1')], [gone('x')]));
    const { job: empty } = await run(open([], []));

    expect(job).toMatchObject({ state: 'failed', error: { code: 'unreachable' } });
    expect(job.error.message).toContain('it is gone');
    expect(empty).toMatchObject({ state: 'succeeded', result: { sources: 0, items: 0, unreachable: [] } });
  });

  it.each([[[]], [null], ['x'], [{ source: 'x' }]])('takes no input such as %j', async (input) => {
    const { server } = await run(open([], []));

    const { status, body } = await server.post('/v1/jobs/catalogue.refresh', input);

    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toMatch(/^the input: \/ must be an object without keys, not /);
  });
});
