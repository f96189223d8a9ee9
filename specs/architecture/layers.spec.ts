import { existsSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { doors, importsOf, manifest, packageOf, sourceFiles, statementsOf } from './source.ts';

const CONTRACTS = ['rxjs', 'operators/', 'lib/contracts/'];
const BOUNDARY = [...CONTRACTS, 'fp-ts', 'lib/boundary/'];
const ADAPTERS = [
  'cloudevents',
  'codeengine',
  'file',
  'guard',
  'http',
  'ibmmq',
  'memory',
  'node',
  'otel',
  'packages',
  'postgres',
  'rabbitmq',
  's3',
].map((name) => `lib/adapters/${name}/`);
const SYSTEMS = [...BOUNDARY, ...ADAPTERS, 'lib/core/', 'io-ts', 'node:'];

/**
 * Who may import whom, besides itself: a folder, a file, or a package. The picture in docs/architecture.md is this
 * table. Adapters are islands, save that several stand on `guard` and `ibmcloud`, which have no door; and so are systems,
 * save that those further down are made of those above.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'operators/': ['rxjs'],
  'lib/contracts/': ['rxjs', 'fp-ts', 'operators/errors.ts'],
  'lib/boundary/': [...CONTRACTS, 'fp-ts', 'io-ts', 'ix'],
  'lib/core/': [...BOUNDARY, 'ix'],
  'lib/adapters/cloudevents/': [...BOUNDARY, 'cloudevents', 'lib/adapters/guard/'],
  'lib/adapters/codeengine/': [...BOUNDARY, 'io-ts', 'node:', 'lib/adapters/ibmcloud/'],
  'lib/adapters/file/': [...BOUNDARY, 'io-ts', 'node:'],
  'lib/adapters/guard/': [...BOUNDARY, 'node:'],
  'lib/adapters/http/': [...BOUNDARY, 'hono', '@hono/node-server', 'ws', 'node:', 'lib/adapters/guard/'],
  'lib/adapters/ibmcloud/': [...BOUNDARY, 'ibm-cloud-sdk-core'],
  'lib/adapters/ibmmq/': [...BOUNDARY, 'io-ts', 'node:'],
  'lib/adapters/memory/': [...BOUNDARY, '@noble/hashes'],
  'lib/adapters/node/': [...BOUNDARY, 'node:'],
  'lib/adapters/otel/': [...BOUNDARY, '@opentelemetry/api'],
  'lib/adapters/packages/': [...BOUNDARY, 'io-ts', 'yaml', 'pg', 'node:'],
  'lib/adapters/postgres/': [...BOUNDARY, 'io-ts'],
  'lib/adapters/rabbitmq/': [...BOUNDARY, 'amqplib', 'node:'],
  'lib/adapters/s3/': [...BOUNDARY, '@aws-sdk/client-s3', 'node:', 'lib/adapters/ibmcloud/'],
  'lib/testing/vitest/': ['vitest', 'lib/testing/'],
  'lib/testing/': [...CONTRACTS, '@sinonjs/fake-timers'],
  'lib/systems/page/': ['rxjs', 'lit', 'eventsource-parser', 'lib/contracts/'],
  'lib/systems/catalogue/': [...SYSTEMS, 'hono'],
  'lib/systems/jobs/': [...SYSTEMS, 'hono', 'lib/systems/catalogue/'],
  'lib/systems/routing/': [...SYSTEMS, 'hono'],
  'lib/systems/console/': [...SYSTEMS, 'hono'],
  'lib/systems/eventing/': [...SYSTEMS, 'hono'],
  'lib/systems/daemon/': [...SYSTEMS, 'ws', 'lib/systems/eventing/'],
  'lib/systems/observer/': [...SYSTEMS, 'hono'],
  'lib/systems/config/': [
    ...SYSTEMS,
    'yaml',
    'lib/systems/catalogue/',
    'lib/systems/jobs/',
    'lib/systems/routing/',
    'lib/systems/eventing/',
  ],
  'lib/systems/cli/': [
    ...SYSTEMS,
    'commander',
    'eventsource-parser',
    'pino',
    '@opentelemetry/api',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-metrics',
    '@opentelemetry/sdk-trace-node',
    '@opentelemetry/exporter-prometheus',
    '@opentelemetry/exporter-trace-otlp-http',
    'lib/systems/page/',
    'lib/systems/catalogue/',
    'lib/systems/jobs/',
    'lib/systems/routing/',
    'lib/systems/eventing/',
    'lib/systems/daemon/',
    'lib/systems/observer/',
    'lib/systems/console/',
    'lib/systems/config/',
    'lib/testing/',
  ],
  'lib/systems/cli/init/starter/': ['rxjs', 'rxfan', 'vitest'],
};

/** The door of the whole package stands above the layers, and leads to no program and no adapter. */
const MAIN_DOOR = 'lib/index.ts';
const BEHIND_MAIN_DOOR = ['lib/contracts/', 'lib/boundary/', 'lib/core/'];

const doorFiles = Object.values(doors);

function layerOf(file: string): string | undefined {
  return Object.keys(LAYERS)
    .filter((layer) => file.startsWith(layer))
    .sort((a, b) => b.length - a.length)[0];
}

function isWithin(target: string, allowed: string): boolean {
  return target === allowed || target.startsWith(/[/:]$/.test(allowed) ? allowed : `${allowed}/`);
}

const edges = sourceFiles.flatMap((file) => importsOf(file).map((target) => ({ file, target })));
const inWords = ({ file, target }: { readonly file: string; readonly target: string }) => `${file} imports ${target}`;

describe('layers', () => {
  it.each(Object.entries(LAYERS))('%s imports only what it may', (layer, allowed) => {
    const own = edges.filter(({ file }) => layerOf(file) === layer);
    const strays = own.filter(({ target }) => ![layer, ...allowed].some((prefix) => isWithin(target, prefix)));

    expect(own).not.toEqual([]);
    expect(strays.map(inWords)).toEqual([]);
  });

  it('has a layer for every file', () => {
    expect(sourceFiles.filter((file) => file !== MAIN_DOOR && layerOf(file) === undefined)).toEqual([]);
  });

  it('has a file behind every import', () => {
    const missing = edges.filter(({ target }) => /^(lib|operators)\//.test(target) && !existsSync(target));
    expect(missing.map(inWords)).toEqual([]);
  });

  it('keeps operators/internal from contracts, systems and doors', () => {
    const outside = edges.filter(({ file }) => /^lib\/(contracts|systems)\//.test(file) || doorFiles.includes(file));
    expect(outside.filter(({ target }) => target.includes('/internal/')).map(inWords)).toEqual([]);
  });

  it('imports files, not doors', () => {
    expect(edges.filter(({ target }) => doorFiles.includes(target)).map(inWords)).toEqual([]);
  });

  it('leads through the main door to contracts, boundary and core alone', () => {
    const strays = edges.filter(
      ({ file, target }) => file === MAIN_DOOR && !BEHIND_MAIN_DOOR.some((prefix) => isWithin(target, prefix)),
    );
    expect(strays.map(inWords)).toEqual([]);
  });

  it('takes only the types of fp-ts into contracts', () => {
    const values = sourceFiles
      .filter((file) => file.startsWith('lib/contracts/'))
      .flatMap(statementsOf)
      .filter((statement) => ts.isImportDeclaration(statement))
      .filter((statement) => statement.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword)
      .map((statement) => statement.getText())
      .filter((text) => text.includes("'fp-ts/"));
    expect(values).toEqual([]);
  });

  it('imports only packages that a user of ours gets, and for the bundled page those that we have', () => {
    const published = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const more: Readonly<Record<string, readonly string[]>> = {
      'lib/systems/page/': Object.keys(manifest.devDependencies),
      'lib/systems/cli/init/starter/': ['rxfan'], // a project of a user, whose package this is
    };
    const strays = edges
      .filter(({ target }) => !/^(lib\/|operators\/|node:)/.test(target))
      .filter(({ file, target }) => {
        const known = [...published, ...(more[layerOf(file) ?? ''] ?? [])];
        return !known.includes(packageOf(target));
      });
    expect(strays.map(inWords)).toEqual([]);
  });

  it('has no import cycles', () => {
    const done = new Set<string>();
    const findCycle = (file: string, path: readonly string[]): readonly string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file) || !sourceFiles.includes(file)) return undefined;
      done.add(file);
      return importsOf(file)
        .map((next) => findCycle(next, [...path, file]))
        .find((cycle) => cycle !== undefined);
    };
    const cycles = sourceFiles.map((file) => findCycle(file, [])).filter((cycle) => cycle !== undefined);
    expect(cycles).toEqual([]);
  });
});
