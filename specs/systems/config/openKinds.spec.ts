import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as t from 'io-ts';
import { ConfigError } from '../../../lib/systems/config/configError.ts';
import { openKinds } from '../../../lib/systems/config/openKinds.ts';
import type { JobKinds } from '../../../lib/systems/jobs/jobKind.ts';
import { startJobs, type TestJobs } from '../../support/jobs.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const builtIn: JobKinds = { 'catalogue.refresh': { input: t.unknown, run: () => undefined } };
const servers: TestJobs[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop({ deadlineMs: 0 }))));

/** A codec that needs no package: modules of specs lie outside of this one. */
const CODEC = `{ name: 'anything', decode: (right) => ({ _tag: 'Right', right }) }`;

function open(text: string, timeoutMs?: number): Promise<JobKinds> {
  const folder = temporaryFolder({ 'k.mjs': text });
  return openKinds(join(folder, 'k.mjs'), { builtIn, timeoutMs });
}
async function problems(kinds: Promise<JobKinds>): Promise<readonly string[]> {
  const failure: unknown = await kinds.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  return (failure as ConfigError).problems.map((problem) => problem.replaceAll(/\S+\/k\.mjs/g, 'k.mjs'));
}

describe('openKinds', () => {
  it('gives the built-in kinds alone where no module is named', async () => {
    expect(await openKinds(undefined, { builtIn })).toBe(builtIn);
  });

  it('adds those of a module, which may use `this`', async () => {
    const kinds = await open(
      `class Report { name = 'mine'; input = ${CODEC}; description = 'builds'; async run(input) { return [this.name, input]; } }
       export default { 'report.build': new Report(), 'b-2_x': { input: ${CODEC}, run: () => [1] } };`,
    ).catch((failure: unknown) => failure);

    expect(kinds).toBeInstanceOf(ConfigError); // `name` is not known there
    const known = await open(
      `const report = { input: ${CODEC}, description: 'builds', async run(input) { return [this.description, input]; } };
       export default { 'report.build': report };`,
    );
    expect(Object.keys(known)).toEqual(['catalogue.refresh', 'report.build']);
    const server = await startJobs({ kinds: known });
    servers.push(server);
    expect((await server.ended(await server.start('report.build', 7))).result).toEqual(['builds', 7]);
  });

  it('loads the module of the documentation, which works', async () => {
    const path = new URL('../../../docs/examples/jobs/jobs.mjs', import.meta.url).pathname;
    const server = await startJobs({ kinds: await openKinds(path, { builtIn }) });
    servers.push(server);

    const end = await server.ended(await server.start('primes.count', { first: 1, last: 2_500 }));

    expect(end.result).toEqual({ first: 1, last: 2_500, primes: 367 });
    expect((await server.post('/v1/jobs/primes.count', { first: 1 })).body.detail).toMatch(
      /^the input: \/last must be Int, not missing/,
    );
  });

  it.each<[string, string, string | RegExp]>([
    ['nothing', '', 'the module of jobs k.mjs is empty: it must export an object of kinds by default'],
    [
      'no default',
      'export const kinds = {};',
      'the module of jobs k.mjs: it must export an object of kinds by default',
    ],
    [
      'a function',
      'export default () => ({});',
      'the module of jobs k.mjs: it must export an object of kinds by default',
    ],
    ['a list', 'export default [];', 'the module of jobs k.mjs: it must export an object of kinds by default'],
    ['no kind', 'export default {};', 'the module of jobs k.mjs: it exports no kind'],
    ['a throw', 'throw new Error("no database");', /^the module of jobs k\.mjs cannot be loaded: no database/],
    ['a rejection', 'await Promise.reject(null);', 'the module of jobs k.mjs cannot be loaded: null'],
    ['no JavaScript', 'export default {', /^the module of jobs k\.mjs cannot be loaded: /],
    [
      'a missing import',
      'import "./none.mjs"; export default {};',
      /^the module of jobs k\.mjs cannot be loaded: .*none\.mjs/,
    ],
    ['a kind that is none', 'export default { a: 7 };', 'the module of jobs k.mjs: /a must be an object, not 7'],
    [
      'no run',
      `export default { a: { input: ${CODEC} } };`,
      'the module of jobs k.mjs: /a/run must be a function, not missing',
    ],
    [
      'no input',
      'export default { a: { run() {} } };',
      'the module of jobs k.mjs: /a/input must be a codec, such as one of io-ts, not missing',
    ],
    [
      'no codec',
      'export default { a: { input: {}, run() {} } };',
      'the module of jobs k.mjs: /a/input must be a codec, such as one of io-ts, not an object',
    ],
    [
      'a mistyped key',
      `export default { a: { input: ${CODEC}, run() {}, descripton: 'x' } };`,
      'the module of jobs k.mjs: /a/descripton is not known here; did you mean description?',
    ],
    [
      'a bad name',
      `export default { 'a b': { input: ${CODEC}, run() {} } };`,
      'the module of jobs k.mjs: /a b is no name for a kind: use letters, digits, ".", "_" and "-"',
    ],
    [
      'a name that is taken',
      `export default { 'catalogue.refresh': { input: ${CODEC}, run() {} } };`,
      'the module of jobs k.mjs: /catalogue.refresh is the name of a built-in kind; give it another',
    ],
    [
      'a getter that throws',
      `export default { a: { get input() { throw new Error('no'); }, run() {} } };`,
      'the module of jobs k.mjs: /a cannot be read: no',
    ],
    [
      'a getter at the top that throws',
      `export default { get a() { throw new Error('no'); } };`,
      'the module of jobs k.mjs: /a cannot be read: no',
    ],
  ])('tells what is wrong with a module that has %s', async (_, text, expected) => {
    const [problem, ...others] = await problems(open(text));

    if (typeof expected === 'string') expect(problem).toBe(expected);
    else expect(problem).toMatch(expected);
    expect(others).toEqual([]);
  });

  it('tells everything that is wrong at once', async () => {
    expect(await problems(open('export default { a: {}, b: 7 };'))).toHaveLength(3);
  });

  it('tells of a module that is missing, a folder, or never done', async () => {
    const folder = temporaryFolder();

    expect(await problems(openKinds(join(folder, 'k.mjs'), { builtIn }))).toEqual([
      'the module of jobs k.mjs does not exist',
    ]);
    expect((await problems(openKinds(folder, { builtIn })))[0]).toMatch(/ is not a file$/);
    expect(await problems(open('await new Promise(() => {});', 30))).toEqual([
      'the module of jobs k.mjs was not loaded within 30 ms',
    ]);
  });
});
