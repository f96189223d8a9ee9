import { resolve } from 'node:path';
import * as t from 'io-ts';
import { byKey, byType, decoder, secret, shape, text, webAddress, whole } from './codecs.ts';
import { means } from './described.ts';

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
  const name = means('What it is called in answers. Default, where it is not needed: its type.', text);
  const headers = means(
    'Sent with each request; a value may be { env: NAME }.',
    t.record(t.string, secret(env), 'headers'),
  );
  const texts = t.array(text, 'a list of texts');
  const textOrTexts = t.union([text, texts], 'a text or a list of texts');
  const timeoutMs = means(
    'For each request of this source, within timeoutMs of the whole. Default: 30000; for postgres 10000.',
    whole(1, DAY_MS),
  );
  const description = means('Where the description of an item is. Default: none.', text);

  return byType({
    npm: shape({}, { name, directory: means('Of the packages. Default: node_modules here.', path) }),
    dpkg: shape({}, { name, statusFile: means('Default: that of this machine.', path) }),
    apt: shape({}, { name, directory: means('Of the lists. Default: that of this machine.', path) }),
    python: shape(
      {},
      {
        name,
        directories: means('Of distributions. Default: those of this machine.', t.array(path, 'a list of paths')),
      },
    ),
    helm: byKey({
      file: shape({ name, file: means('An index.yaml.', path) }, {}),
      url: shape(
        { name, url: means('Of an index.yaml.', webAddress) },
        { headers, timeoutMs, recheckMs: means('How long an index is believed. Default: 30000.', whole(0, DAY_MS)) },
      ),
    }),
    'npm-registry': shape(
      { name },
      {
        url: means('Of the registry. Default: that of npm.', webAddress),
        text: means('What is searched for. Default: nothing, and nothing is listed.', text),
        maxResults: means('Most results. Default: 1000.', whole(1, 100_000)),
        maxAgeMs: means('How long results are believed. Default: 300000.', whole(0, DAY_MS)),
        timeoutMs,
      },
    ),
    kubernetes: shape(
      {
        name,
        url: means('Of the API server.', webAddress),
        path: means('Of the list, such as /api/v1/pods.', text),
      },
      {
        bearerToken: means('Sent with each request.', secret(env)),
        bearerTokenFile: means('A file that has it, read again for each list.', path),
        caFile: means('Certificates that the server may be signed by.', path),
        certFile: means('Certificate of the client.', path),
        keyFile: means('Its key.', path),
        fields: means(
          'Where the fields of an item are.',
          shape(
            {},
            {
              name: means('Default: the name, after its namespace.', text),
              version: means(
                'The first one that is there. Default: the label app.kubernetes.io/version, or else the resource version.',
                texts,
              ),
              description,
            },
          ),
        ),
        headers,
        timeoutMs,
      },
    ),
    postgres: shape(
      {
        name,
        connectionString: means('Of the database.', secret(env)),
        table: means('A table or a view.', text),
        columns: means(
          'What its columns are called.',
          shape(
            { name: means('Of the name.', text), version: means('Of the version.', text) },
            { description: means('Of the description. Default: none.', text) },
          ),
        ),
      },
      { schema: means('Of the table. Default: that of the search path.', text), timeoutMs },
    ),
    rest: shape(
      {
        name,
        url: means('Of the list.', webAddress),
        nextPageToken: means('Where the token is in an answer, or link for a Link header.', text),
        key: means('Where the key of an item is, the most significant first.', textOrTexts),
      },
      {
        items: means('Where the items are in an answer. Default: the answer is the list.', t.string),
        pageSizeParam: means('The parameter for the size of a page. Default: none is sent.', text),
        pageTokenParam: means('The parameter for the token. Default: pageToken; not used with link.', text),
        queryParam: means(
          'The parameter for the query. Default: all pages are read, and what does not match left out.',
          text,
        ),
        maxPageSize: means('Most items to ask for at once. Default: any number is asked for.', whole(1, 100_000)),
        fields: means(
          'Where the fields of an item are.',
          shape({}, { version: means('Default: version.', text), description }),
        ),
        headers,
        timeoutMs,
      },
    ),
  });
}
