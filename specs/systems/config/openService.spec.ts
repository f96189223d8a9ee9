import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigError } from '../../../lib/systems/config/configError.ts';
import { openService } from '../../../lib/systems/config/openService.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const CODEC = "{ name: 'any', decode: (right) => ({ _tag: 'Right', right }), encode: (a) => a }";
const event = (name: string, more = '') =>
  `{ kind: 'event', name: '${name}', routingKey: '${name}', version: 1, codec: ${CODEC}, upcast: undefined ${more} }`;
const open = (text: string) => openService(join(temporaryFolder({ 's.mjs': text }), 's.mjs'));
const problemsOf = (text: string) =>
  open(text).then(
    () => [],
    (refused: unknown) => (refused as ConfigError).problems.map((problem) => problem.replace(/^.*s\.mjs:? ?/, '')),
  );

describe('openService', () => {
  it('gives what the module exports, itself, with whatever else it has', async () => {
    const service = await open(`
      class S { name = 'shop'; messages = [${event('a.b')}]; view = new Map(); attach() { this.view.set('a', 1); } }
      export default new S();`);

    void service.attach({} as never);

    expect(service).toMatchObject({ name: 'shop', view: new Map([['a', 1]]) });
  });

  it.each([
    ['', ['is empty: it must export a service by default']],
    ['export const x = 1', ['/ must be an object, not missing']],
    ['export default 7', ['/ must be an object, not 7']],
    ["export default { name: '', messages: [], attach() {} }", ['/name must be a text, not ""']],
    [
      "export default { name: 'a', messages: {}, attach() {} }",
      ['/messages must be a list of definitions, not an object'],
    ],
    ["export default { name: 'a', messages: [] }", ['/attach must be a function, not missing']],
    [
      `export default { name: 'a', messages: [${event('a.b').replace("'event'", "'fact'")}], attach() {} }`,
      ['/messages/0/kind must be one of event, command, not "fact"'],
    ],
    [
      `export default { name: 'a', messages: [${event('a.b').replace(CODEC, '{}')}], attach() {} }`,
      ['/messages/0/codec must be a codec, such as one of io-ts, not an object'],
    ],
    [
      `export default { name: 'a', messages: [${event('a.b')}, ${event('a.b')}], attach() {} }`,
      ['two messages have the name "a.b": give one another'],
    ],
    ["export default { get name() { throw new Error('no'); } }", ['no']],
    ['\nthrow new Error("no database")', ['cannot be loaded: no database (line 2)']],
  ])('X6 refuses %j', async (text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  it('refuses a module that is not there', async () => {
    await expect(openService('/none/such.mjs')).rejects.toMatchObject({
      problems: ['the module of the service /none/such.mjs does not exist'],
    });
  });
});
