import { FormatError } from '../../contracts/failure.ts';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import { DEBIAN_FIELDS, debianPackage } from './debianPackage.ts';
import { matchesQuery } from './matchesQuery.ts';
import { packageKey, type Package, type PackageSource } from './package.ts';
import { fileVersion, readChunks } from './readFile.ts';
import { stanzas, type Stanza } from './stanzas.ts';
import { uniquePackages } from './uniquePackages.ts';

/** Which dpkg database {@link debianInstalled} reads. */
export interface DebianInstalledOptions {
  /** Names the source. Default: 'dpkg'. */
  readonly name?: string | undefined;
  /** Default: '/var/lib/dpkg/status'. */
  readonly statusFile?: string | undefined;
}

const MAX_BYTES = 256 * 1024 * 1024;
const FIELDS = [...DEBIAN_FIELDS, 'Status'] as const;

/**
 * The Debian packages that are installed, as the status file of dpkg tells. Read again when that file has changed.
 *
 * A file that is cut off or broken is a FormatError with the line; the same package of two architectures is one item.
 *
 * @example
 * aggregatePages({ sources: [debianInstalled()], key: packageKey, tokens });
 */
export function debianInstalled(options: DebianInstalledOptions = {}): PackageSource {
  const { name = 'dpkg', statusFile = '/var/lib/dpkg/status' } = options;

  return fromSnapshot({
    name,
    key: packageKey,
    matches: matchesQuery,
    version: () => fileVersion(statusFile),
    load: ({ signal }) => installed(name, statusFile, signal),
  });
}

async function installed(source: string, where: string, signal: AbortSignal): Promise<readonly Package[]> {
  const packages = uniquePackages();
  for await (const batch of stanzas(readChunks(where, { maxBytes: MAX_BYTES, signal }), { where, fields: FIELDS })) {
    for (const stanza of batch) if (isInstalled(stanza, where)) packages.add(debianPackage(stanza, { where, source }));
  }
  return packages.items;
}

const STATUS = /^\S+ \S+ (\S+)$/;
/** What waits for a trigger is unpacked, configured and in use. */
const INSTALLED = new Set(['installed', 'triggers-awaited', 'triggers-pending']);

function isInstalled({ line, fields }: Stanza<(typeof FIELDS)[number]>, where: string): boolean {
  const [, state] = STATUS.exec(fields.Status ?? '') ?? [];
  if (state === undefined) throw new FormatError(where, line, 'a paragraph without a Status field of three words');
  return INSTALLED.has(state);
}
