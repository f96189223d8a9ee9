import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { aesGcmSealer } from '../../adapters/node/aesGcmSealer.ts';
import { parseSealingKeys } from '../../adapters/node/parseSealingKeys.ts';
import { faultsOf } from '../../contracts/failure.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { decoder, oneOf, secret, shape, text, whole } from './codecs.ts';
import { ConfigError } from './configError.ts';
import { consoleConfig } from './consoleConfig.ts';
import { means } from './described.ts';
import { eventsConfig } from './eventsConfig.ts';
import { jobsConfig } from './jobsConfig.ts';
import { routingConfig } from './routingConfig.ts';
import { sourceConfig, type ConfigScope } from './sourceConfig.ts';

/** What a configuration file may say. All of it is optional. */
export type ConfigFile = t.TypeOf<ReturnType<typeof configFile>>;

/** A file longer than this is none of ours. */
const MAX_BYTES = 1024 * 1024;
const DAY_MS = 86_400_000;

/** Reads a YAML or JSON configuration file. Rejects with a ConfigError that names every bad value with its line and path. */
export async function readConfigFile(path: string, env: ConfigScope['env']): Promise<ConfigFile> {
  const where = resolve(path);
  const lines = new LineCounter();
  const document = parseDocument(await readText(path), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    throw new ConfigError(document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`));
  }

  const decoded = configFile({ folder: dirname(where), env }).decode(toValue(document, path));
  if (!isLeft(decoded)) return decoded.right;
  throw new ConfigError(
    decoded.left.map((problem) => {
      const { at: pointer, expected, found } = faultsOf([problem])[0]!;
      const offset = offsetOf(document, pointer);
      const says = problem.message ?? `must be ${expected}, not ${found}`;
      return `${offset === undefined ? path : at(offset)}: ${pointer} ${says}`;
    }),
  );
}

/** The codec of a configuration file. */
export function configFile(scope: ConfigScope) {
  return shape(
    {},
    {
      sources: means('What the catalogue lists. Default: the lists of this machine.', sources(scope)),
      pageSize: means(
        'Items of a page.',
        shape(
          {},
          {
            default: means('When a request names none. Default: 20.', whole(1, 100_000)),
            max: means('At most. Default: 1000.', whole(1, 100_000)),
          },
        ),
      ),
      timeoutMs: means('For each answer of a source. Default: 10000.', whole(1, DAY_MS)),
      onSourceFailure: means(
        'Whether a page goes on without a source that fails. Default: omit.',
        oneOf(['omit', 'fail']),
      ),
      pageTokens: means(
        'How places in lists are sealed.',
        shape(
          {},
          {
            keys: means(
              '"id:secret"; the first seals, the others are still taken. Default: a key of its own.',
              sealingKeys(scope.env),
            ),
            ttlMs: means('How long a token is taken. Default: a day.', whole(1_000, 3_650 * DAY_MS)),
          },
        ),
      ),
      jobs: means('See [Jobs](jobs.md).', jobsConfig(scope)),
      events: means('See [Events](events.md).', eventsConfig(scope)),
      console: means('See [Console](console.md).', consoleConfig),
      http: means(
        'Where the program listens.',
        shape(
          {},
          {
            host: means('Address or name. Default: 127.0.0.1.', text),
            port: means('Default: 8080.', whole(1, 65_535)),
            allowedHosts: means('Other names it is asked by. Default: none.', t.array(text, 'a list of host names')),
          },
        ),
      ),
      ...routingConfig(scope),
    },
  );
}

function sources(scope: ConfigScope) {
  return t.array(sourceConfig(scope), 'a list of sources');
}

/** The keys of page tokens, as in the environment or one by one; decoded into what seals with them. */
function sealingKeys(env: ConfigScope['env']): t.Type<TokenSealer, unknown> {
  const line = secret(env);
  const lines = t.array(line);
  return decoder('keys of page tokens', (input, context) => {
    const decoded = Array.isArray(input) ? lines.validate(input, context) : line.validate(input, context);
    if (isLeft(decoded)) return decoded;
    try {
      return t.success(aesGcmSealer(parseSealingKeys([decoded.right].flat().join(','), 'keys')));
    } catch (failure) {
      return t.failure(
        input,
        context,
        `cannot be used: ${failure instanceof Error ? failure.message : String(failure)}`,
      );
    }
  });
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new ConfigError([`${path}: has ${size} bytes, at most ${MAX_BYTES} are read`]);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
          ? 'is not UTF-8 text'
          : 'cannot be read';
    throw new ConfigError([`${path}: ${why}${why === 'cannot be read' ? ` (${String(code)})` : ''}`], { cause });
  }
}

/** An empty file says nothing, which is fine. */
function toValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw new ConfigError([`${path}: ${cause instanceof Error ? cause.message : String(cause)}`], { cause });
  }
}

/** Where the value that a JSON pointer means stands in the file; for a missing one, where its parent does. */
function offsetOf(document: Document, pointer: string): number | undefined {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let depth = steps.length; depth > 0; depth--) {
    const node: unknown = document.getIn(steps.slice(0, depth), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return Number(node.range[0]);
  }
  return undefined;
}
