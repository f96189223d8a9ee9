import { resolve } from 'node:path';
import * as t from 'io-ts';
import { byType, decoder, shape, text, webAddress } from './codecs.ts';

/** What the values of a configuration may refer to. */
export interface ConfigScope {
  /** Relative paths start here. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One source of the catalogue, as configured. */
export type SourceConfig = t.TypeOf<ReturnType<typeof sourceConfig>>;

/** The kinds of sources there are, and what each needs. Keys are named as the options of the adapters are. */
export function sourceConfig({ folder }: ConfigScope) {
  const path = decoder<string>('a path', (input, context) =>
    typeof input === 'string' && input.trim() !== ''
      ? t.success(resolve(folder, input))
      : t.failure(input, context),
  );
  const name = text;

  return byType({
    npm: shape({}, { name, directory: path }),
    dpkg: shape({}, { name, statusFile: path }),
    apt: shape({}, { name, directory: path }),
    python: shape({}, { name, directories: t.array(path) }),
    helm: shape({ name }, { file: path, url: webAddress }),
  });
}
