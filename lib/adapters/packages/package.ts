import type { PageSource } from '../../contracts/pageSource.ts';

/** One version of a package, as one source lists it. */
export interface Package {
  readonly name: string;
  /** As the source writes it; empty where it knows none. */
  readonly version: string;
  /** The name of the source. */
  readonly source: string;
  /** One line. */
  readonly description?: string | undefined;
}

/** Which packages are wanted. */
export interface PackageQuery {
  /** A part of the name or of the description, in any case. Absent or empty: all packages. */
  readonly query?: string | undefined;
}

/** A list of packages in the order of {@link packageKey}. */
export type PackageSource = PageSource<Package, PackageQuery>;

/** Where a package stands in the order: name, version, source, each by code point. */
export function packageKey({ name, version, source }: Package): readonly [string, string, string] {
  return [name, version, source];
}
