import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { readFile, stat } from 'node:fs/promises';
import { faultsOf } from '../../../contracts/failure.ts';
import { decoder, shape } from '../codecs.ts';
import { ConfigError } from '../configError.ts';
import type { SetTexts, Variables } from '../setText.ts';

/** What a file such as env.json says: texts, each with its place. */
export interface ObserverFile {
  readonly endpoints: readonly SetTexts[];
  readonly storage: SetTexts;
  readonly codeEngine: SetTexts;
}

export const ENDPOINT_KEYS = [
  ...(['KIND', 'QMGR', 'MQ_REST_HOST', 'MQ_REST_PORT', 'ADMIN_USER', 'ADMIN_PASSWORD', 'AMQP_URL'] as const),
];
export const STORAGE_KEYS = [
  ...(['bucket', 'object_key', 'auth_endpoint', 'cos_apikey', 'endpoints', 'resource_instance_id'] as const),
  ...(['access_key_id', 'secret_access_key', 'region'] as const),
];
export const CODE_ENGINE_KEYS = ['ce_apikey', 'regions', 'auth_endpoint', 'client_id', 'client_secret'] as const;

const DEFAULT_FILE = 'env.json';
/** A file longer than this is none of ours. */
const MAX_BYTES = 1024 * 1024;
const MAX_ENDPOINTS = 1_000;
const NOTHING: ObserverFile = { endpoints: [], storage: {}, codeEngine: {} };

/** Texts and numbers, which are taken as they are written; what they say may be a secret, and is not shown. */
const loose = decoder<string>('a text', (input, context) =>
  typeof input === 'string' || (typeof input === 'number' && Number.isFinite(input))
    ? t.success(String(input))
    : t.failure(input, context, 'must be a text'),
);
const regions = decoder<string>('a list of regions', (input, context) => {
  const names = Array.isArray(input)
    ? input.map((each: unknown) => (typeof each === 'object' && each !== null && 'region' in each ? each.region : each))
    : [input];
  return names.every((each): each is string => typeof each === 'string')
    ? t.success(names.filter((each) => each.trim() !== '').join(','))
    : t.failure(input, context, 'must be a list of { "region": "…" }');
});
const section = (keys: readonly string[], others: t.Props = {}) =>
  shape({}, { ...Object.fromEntries(keys.map((key) => [key, loose])), ...others });
const codec = shape(
  {},
  {
    MQ_ENDPOINTS: t.array(section(ENDPOINT_KEYS), 'a list of queue managers'),
    COS_STORAGE: section(STORAGE_KEYS),
    CODE_ENGINE: section(CODE_ENGINE_KEYS, { regions }),
  },
);

/**
 * Reads the file that the variable `EnvFile` names, or env.json in the current folder, if that is one of ours. Rejects with
 * a ConfigError that names every bad value with its place.
 */
export async function readObserverFile(env: Variables): Promise<ObserverFile> {
  const named = env['EnvFile'];
  const path = named ?? DEFAULT_FILE;
  const data = await readData(path, named === undefined);
  if (data === undefined) return NOTHING;
  const decoded = codec.decode(data);
  if (isLeft(decoded)) {
    const says = decoded.left.map((problem) => {
      const { at, expected } = faultsOf([problem])[0]!;
      return `${path}: ${at} ${problem.message ?? `must be ${expected}`}`;
    });
    throw new ConfigError(says);
  }
  const { MQ_ENDPOINTS = [], COS_STORAGE = {}, CODE_ENGINE = {} } = decoded.right;
  if (MQ_ENDPOINTS.length > MAX_ENDPOINTS) {
    throw new ConfigError([`${path}: /MQ_ENDPOINTS has ${MQ_ENDPOINTS.length} slots, at most ${MAX_ENDPOINTS}`]);
  }
  return {
    endpoints: MQ_ENDPOINTS.map((each, slot) => placed(each, `${path}: /MQ_ENDPOINTS/${slot}`)),
    storage: placed(COS_STORAGE, `${path}: /COS_STORAGE`),
    codeEngine: placed(CODE_ENGINE, `${path}: /CODE_ENGINE`),
  };
}

/** Blanks, as an example file has them, set nothing. */
function placed(values: Readonly<Record<string, unknown>>, where: string): SetTexts {
  const texts = Object.entries(values).flatMap(([key, value]) => {
    const text = String(value).trim();
    return text === '' ? [] : [[key, { text, from: `${where}/${key}` }] as const];
  });
  return Object.fromEntries(texts);
}

/** Undefined where there is none; a file that nobody named and that has nothing of ours is another program's. */
async function readData(path: string, isDefault: boolean): Promise<unknown> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new ConfigError([`${path}: has ${size} bytes, at most ${MAX_BYTES} are read`]);
    const data: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));
    return isDefault && !isOurs(data) ? undefined : data;
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'not JSON';
    if (code === 'ENOENT' && isDefault) return undefined;
    const why = cause instanceof SyntaxError ? 'is not JSON' : code === 'ENOENT' ? 'does not exist' : undefined;
    throw new ConfigError([`${path}: ${why ?? `cannot be read (${code})`}`]); // the cause would show what the file says
  }
}

function isOurs(data: unknown): boolean {
  const sections = ['MQ_ENDPOINTS', 'COS_STORAGE', 'CODE_ENGINE'];
  return typeof data === 'object' && data !== null && sections.some((key) => Object.hasOwn(data, key));
}
