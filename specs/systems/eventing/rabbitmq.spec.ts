import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { openSse } from '../../adapters/http/support/sse.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { killPrograms, startProgram, type Program } from '../../support/program.ts';
import { sharedBroker, withoutRabbitmq } from '../../support/rabbitmq.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const RXFAN = new URL('../../../dist/lib/index.js', import.meta.url).href;

/** A service whose handler of events fails until the file `mended` is there. */
const moduleOf = (name: string) => `
import { existsSync } from 'node:fs';
import { defineCommand, defineEvent, RefusedError } from '${RXFAN}';
const right = (value) => ({ _tag: 'Right', right: value });
const codec = { name: 'anything', decode: right, encode: (value) => value };
const Do = defineCommand('${name}.do', codec);
const Done = defineEvent('${name}.done', codec);
export default {
  name: '${name}',
  messages: [Do, Done],
  attach(bus) {
    bus.handle(Do, {
      handle(data, context) {
        if (data.refuse) throw new RefusedError('the service', data.refuse);
        return context.publish(Done, data);
      },
    });
    bus.on(Done, {
      id: 'view',
      handle(data) {
        if (!data.poison) return;
        if (!existsSync(new URL('mended', import.meta.url))) throw new Error('poisoned');
        console.log('handled after all');
      },
    });
  },
};`;

afterEach(killPrograms);

describe.skipIf(withoutRabbitmq())('the two runtimes of a service over RabbitMQ, as processes', () => {
  let url: string;
  beforeAll(async () => {
    url = await sharedBroker();
  }, 90_000);

  function open() {
    const name = `s${randomUUID().slice(0, 8)}`;
    const exchange = `x${name}`;
    const folder = temporaryFolder({
      'service.mjs': moduleOf(name),
      'c.yaml':
        `events: { module: service.mjs, transport: rabbitmq, exchange: { name: ${exchange} }, maxAttempts: 2, ` +
        'retryDelayMs: 50 }\n',
      secret: `${url}\n`,
    });
    const env = { XDG_STATE_HOME: join(folder, 's'), AMQP_URL_FILE: join(folder, 'secret') };
    const run = (...args: readonly string[]) => startProgram(args, { cwd: folder, env });
    const start = async (...args: readonly string[]): Promise<Program> => {
      const program = run(...args, '--config', 'c.yaml');
      await program.ready();
      return program;
    };
    const orderOf = (data: unknown) => ['submit', `${name}.do`, '--data', JSON.stringify(data), '--wait'];
    /** Within this process, which is quicker. */
    const inside = async (...args: readonly string[]) => {
      const terminal = fakeTerminal({ env });
      return { code: await runCommandLine(args, terminal), out: terminal.out(), err: terminal.err() };
    };
    const submit = async (data: unknown, ...more: readonly string[]) => {
      const { code, out, err } = await inside(...orderOf(data), ...more);
      return { code, err, operation: code === 3 ? undefined : JSON.parse(out) };
    };
    return { name, folder, run, start, inside, submit, runSubmit: (data: unknown) => run(...orderOf(data)) };
  }

  it('send a command again that came before any consumer; give back dead letters with rxfan events redrive', async () => {
    const { name, folder, start, inside, submit } = open();
    const api = await start('events', 'api', '--port', '0');
    const early = submit({ n: 1 }, '--server', api.url(), '--timeout', '20'); // nothing is bound yet: it tries again
    const consumer = await start('events', 'consume');
    expect(await early).toMatchObject({ code: 0, operation: { state: 'succeeded' } });

    expect((await submit({ poison: true }, '--server', api.url())).code).toBe(0);
    await expect.poll(consumer.err, { timeout: 10_000 }).toContain('a message was put to the dead letters');
    expect(consumer.out()).not.toContain('handled after all');
    writeFileSync(join(folder, 'mended'), '');
    const file = join(folder, 'c.yaml');
    const redrive = await inside('events', 'redrive', `${name}.events`, '--config', file, '--max', '10');
    expect(redrive).toMatchObject({ code: 0, out: '1 of the dead letters are back in the queue\n' });
    await expect.poll(consumer.out, { timeout: 10_000 }).toContain('handled after all');
  });

  it('take a command, carry it out, and tell a client; without a consumer it waits, and one started later completes it', async () => {
    const { name, start, run, submit, runSubmit } = open();
    const [api, consumer] = await Promise.all([start('events', 'api', '--port', '0'), start('events', 'consume')]);
    const daemon = run('daemon', '--server', api.url());
    await daemon.ready();
    const events = await openSse(`${api.url()}v1/events/${name}.done`);

    const process = runSubmit({ n: 1 });
    const bad = await submit({ refuse: 'no such share' });
    expect(await process.ended, process.err()).toEqual({ code: 0, signal: null });
    const good = JSON.parse(process.out());
    expect(good).toMatchObject({ state: 'succeeded', command: `${name}.do` });
    expect([bad.code, bad.operation]).toMatchObject([
      1,
      { state: 'failed', error: { code: 'refused', message: expect.stringContaining('no such share') } },
    ]);
    const [told] = await events.take(1);
    expect(JSON.parse(told!.data)).toMatchObject({ operation: good.id, data: { n: 1 } });

    consumer.child.kill('SIGTERM');
    expect(await consumer.ended).toEqual({ code: 0, signal: null });
    const late = await submit({ n: 2 }, '--timeout', '1');
    expect(late.code).toBe(3);
    expect(late.err).toMatch(
      /^error: timed out: the operation \S+ .* has no outcome after 1 s; .*rxfan events consume/,
    );
    const id = /the operation (\S+) /.exec(late.err)![1]!;

    await start('events', 'consume');
    const end = await (await fetch(`${api.url()}v1/operations/${id}?wait=10`)).json();
    expect(end).toMatchObject({ id, state: 'succeeded' });
    expect(JSON.parse((await events.take(1))[0]!.data)).toMatchObject({ operation: id, data: { n: 2 } });

    api.child.kill('SIGTERM');
    expect((await events.take(1))[0]).toMatchObject({ event: 'end', data: '{"reason":"stopping"}' });
    expect(await api.ended).toEqual({ code: 0, signal: null });
    expect(daemon.err() + api.err() + consumer.err()).not.toContain(new URL(url).password || 'no password');
  });
});
