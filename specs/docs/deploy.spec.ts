import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommandLine } from '../../lib/systems/cli/commandLine.ts';
import { readSettings } from '../../lib/systems/config/readSettings.ts';
import { fakeTerminal } from '../support/fakeTerminal.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const FOLDER = 'docs/deploy';
const IN_IMAGE = '/opt/rxfan/examples';
const compose = parse(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8'), { merge: true, strict: true });
const services: Record<string, any> = compose.services;
const runtimes = Object.entries(services).filter(([, { image }]) => image === 'rxfan');
const dockerfile = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8');
const nameOf = (secret: string | { source: string }) => (typeof secret === 'string' ? secret : secret.source);

/** The settings that a runtime would have, with secrets of our own. */
function settingsOf({ environment, command }: any) {
  const secrets = temporaryFolder({
    amqp_url: 'amqp://portfolio:tomato@broker:5672/\n',
    idempotency_secret: 'potato\n',
  });
  const env = Object.fromEntries(
    Object.entries<string>(environment).map(([key, value]) => [key, value.replace('/run/secrets', secrets)]),
  );
  const file = (command as string[]).at(-1)!.replace(IN_IMAGE, 'docs/examples');
  return readSettings({ env, file });
}

describe('docs/deploy/compose.yaml', () => {
  it('has a broker and the two runtimes of the example service', () => {
    expect(Object.keys(services)).toEqual(['broker', 'portfolio-api', 'portfolio-consumer']);
    expect(runtimes.map(([, { command }]) => command.slice(0, 3))).toEqual([
      ['events', 'api', '--config'],
      ['events', 'consume', '--config'],
    ]);
  });

  it('names only networks, volumes and secrets that there are, and files that the image has', () => {
    for (const service of Object.values(services)) {
      for (const network of service.networks) expect(compose.networks).toHaveProperty([network]);
      for (const secret of service.secrets) expect(compose.secrets).toHaveProperty([nameOf(secret)]);
      for (const volume of service.volumes ?? []) expect(compose.volumes).toHaveProperty([volume.split(':')[0]]);
      for (const path of Object.values<string>(service.environment ?? {})) {
        if (path.startsWith('/run/secrets/')) expect(service.secrets.map(nameOf)).toContain(path.split('/').at(-1));
      }
    }
    for (const [, { build, command }] of runtimes) {
      expect(existsSync(join(FOLDER, build.context, build.dockerfile))).toBe(true);
      expect(existsSync(command.at(-1).replace(IN_IMAGE, 'docs/examples'))).toBe(true);
    }
  });

  it.each(runtimes)('%s is a command that the program has', async (_, { command }) => {
    const terminal = fakeTerminal();
    expect(await runCommandLine([...command.slice(0, 2), '--help'], terminal)).toBe(0);
    expect(terminal.out()).toContain(`Usage: rxfan ${command.slice(0, 2).join(' ')}`);
  });

  it.each(runtimes)('%s has settings that can be used, with its secrets from files', async (name, runtime) => {
    const { events, http } = await settingsOf(runtime);
    expect(events).toMatchObject({
      transport: 'rabbitmq',
      url: 'amqp://portfolio:tomato@broker:5672/',
      module: join(process.cwd(), 'docs/examples/portfolio/portfolio.mjs'),
    });
    if (name === 'portfolio-api') {
      expect([http.host, http.port, events.idempotencySecret]).toEqual(['0.0.0.0', 8_080, 'potato']);
    }
  });

  it('waits for a healthy broker, which keeps what it has, and has longer to stop than the program takes', () => {
    expect(services['broker'].healthcheck.test).toEqual([
      'CMD',
      'rabbitmq-diagnostics',
      '-q',
      'check_port_connectivity',
    ]);
    expect(services['broker'].volumes).toEqual(['broker_data:/var/lib/rabbitmq']);
    expect(services['broker'].hostname).toBe('broker');
    for (const [, runtime] of runtimes) {
      expect(runtime.depends_on).toEqual({ broker: { condition: 'service_healthy' } });
      expect(Number.parseInt(runtime.stop_grace_period, 10)).toBeGreaterThan(10);
      expect(runtime.environment).not.toHaveProperty('AMQP_URL');
    }
    expect(services['portfolio-api'].ports).toEqual(['127.0.0.1:8080:8080']);
    expect(services['broker'].ports).toBeUndefined();
  });
});

describe('docs/deploy/Dockerfile', () => {
  it('copies what there is, and starts the program itself, so that it gets signals', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) => from!.split(' '));
    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(dockerfile).toContain(`ENTRYPOINT ["node", "/opt/rxfan/${bin.rxfan.replace('./', '')}"]`);
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
