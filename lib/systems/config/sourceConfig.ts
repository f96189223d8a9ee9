import { resolve } from 'node:path';
import * as t from 'io-ts';
import { byKey, byType, decoder, secret, shape, text, webAddress, whole } from './codecs.ts';

const DAY_MS = 86_400_000;

/** What the values of a configuration may refer to. */
export interface ConfigScope {
  /** Relative paths start here. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One source of the catalogue, as configured. */
export type SourceConfig = t.TypeOf<ReturnType<typeof sourceConfig>>;

/** The kinds of sources there are, and what each needs. Keys are named as the options of the adapters are. */
export function sourceConfig({ folder, env }: ConfigScope) {
  const path = decoder<string>('a path', (input, context) =>
    typeof input === 'string' && input.trim() !== '' ? t.success(resolve(folder, input)) : t.failure(input, context),
  );
  const name = text;
  const headers = t.record(t.string, secret(env));
  const texts = t.array(text, 'a list of texts');
  const textOrTexts = t.union([text, texts], 'a text or a list of texts');
  const timeoutMs = whole(1, DAY_MS);

  return byType({
    npm: shape({}, { name, directory: path }),
    dpkg: shape({}, { name, statusFile: path }),
    apt: shape({}, { name, directory: path }),
    python: shape({}, { name, directories: t.array(path, 'a list of paths') }),
    helm: byKey({
      file: shape({ name, file: path }, {}),
      url: shape({ name, url: webAddress }, { headers, timeoutMs, recheckMs: whole(0, DAY_MS) }),
    }),
    'npm-registry': shape(
      { name },
      { url: webAddress, text, maxResults: whole(1, 100_000), maxAgeMs: whole(0, DAY_MS), timeoutMs },
    ),
    kubernetes: shape(
      { name, url: webAddress, path: text },
      {
        bearerToken: secret(env),
        bearerTokenFile: path,
        caFile: path,
        certFile: path,
        keyFile: path,
        fields: shape({}, { name: text, version: texts, description: text }),
        headers,
        timeoutMs,
      },
    ),
    postgres: shape(
      {
        name,
        connectionString: secret(env),
        table: text,
        columns: shape({ name: text, version: text }, { description: text }),
      },
      { schema: text, timeoutMs },
    ),
    rest: shape(
      { name, url: webAddress, nextPageToken: text, key: textOrTexts },
      {
        items: t.string,
        pageSizeParam: text,
        pageTokenParam: text,
        queryParam: text,
        maxPageSize: whole(1, 100_000),
        fields: shape({}, { version: text, description: text }),
        headers,
        timeoutMs,
      },
    ),
  });
}
