import { join } from 'node:path';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import { DEBIAN_FIELDS, debianPackage } from './debianPackage.ts';
import { matchesQuery } from './matchesQuery.ts';
import { packageKey, type Package, type PackageSource } from './package.ts';
import { fileVersion, readFolder } from './readFile.ts';
import { readList } from './readList.ts';
import { stanzas } from './stanzas.ts';
import { uniquePackages } from './uniquePackages.ts';

/** Where {@link debianAvailable} finds package lists. */
export interface DebianAvailableOptions {
  /** Names the source. Default: 'apt'. */
  readonly name?: string | undefined;
  /** Default: '/var/lib/apt/lists'. */
  readonly directory?: string | undefined;
}

/** Unpacked, per list. */
const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * The Debian packages that can be installed, as the lists that `apt update` fetched tell. Read again when a list changed.
 *
 * A package that stands in several lists is one item. Lists that apt keeps as lz4, xz or zstd are unpacked by apt itself.
 *
 * @example
 * aggregatePages({ sources: [debianInstalled(), debianAvailable()], key: packageKey, tokens });
 */
export function debianAvailable(options: DebianAvailableOptions = {}): PackageSource {
  const { name = 'apt', directory = '/var/lib/apt/lists' } = options;

  return fromSnapshot({
    name,
    key: packageKey,
    matches: matchesQuery,
    version: async () => {
      const lists = await packageLists(directory);
      const versions = await Promise.all(lists.map(fileVersion));
      return lists.map((list, i) => `${list} ${versions[i] ?? ''}`).join('\n');
    },
    load: ({ signal }) => available(name, directory, signal),
  });
}

/** The package lists of a directory of apt. */
export async function packageLists(directory: string): Promise<readonly string[]> {
  return (await readFolder(directory)).filter((name) => LIST.test(name)).map((name) => join(directory, name));
}

const LIST = /_Packages(?:\.(?:bz2|gz|lz4|lzma|xz|zst))?$/;

async function available(source: string, directory: string, signal: AbortSignal): Promise<readonly Package[]> {
  const packages = uniquePackages();
  for (const where of await packageLists(directory)) {
    for await (const batch of stanzas(readList(where, { maxBytes: MAX_BYTES, signal }), {
      where,
      fields: DEBIAN_FIELDS,
    })) {
      for (const stanza of batch) packages.add(debianPackage(stanza, { where, source }));
    }
  }
  return packages.items;
}
