import { from, map, mergeMap, type ObservableInput } from 'rxjs';
import type { FetchOptions } from '../../boundary/fetchText.ts';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import { helmCharts } from './helmCharts.ts';
import { httpDocument } from './httpDocument.ts';
import { matchesQuery } from './matchesQuery.ts';
import { packageKey, type PackageSource } from './package.ts';
import { fileVersion, readText } from './readFile.ts';
import { toPackage } from './toPackage.ts';
import { uniquePackages } from './uniquePackages.ts';

/** Which index {@link helmIndex} reads: a file, or what a URL answers with. */
export type HelmIndexOptions = HelmIndexFile | HelmIndexUrl;

interface HelmIndexFile {
  readonly name: string;
  readonly file: string;
  /** Largest index. Default: 32 MiB. */
  readonly maxBytes?: number | undefined;
}

interface HelmIndexUrl extends Omit<FetchOptions, 'signal' | 'accept'> {
  readonly name: string;
  /** Of the index itself: the URL of the repository, and `/index.yaml`. */
  readonly url: string;
  /** How long no question is asked about changes, in ms from the one before. Default: 30 000. */
  readonly recheckMs?: number | undefined;
}

/**
 * The charts of a Helm repository: each version of each chart in its index.yaml. Read again when the file has changed,
 * or when the server says so (ETag, Last-Modified; else it is downloaded to compare).
 *
 * An index that is cut off or not YAML is a FormatError with the line.
 *
 * @example
 * helmIndex({ name: 'charts', url: 'https://charts.example/index.yaml' });
 */
export function helmIndex(options: HelmIndexOptions): PackageSource {
  const { name } = options;
  const { where, version, text } = 'file' in options ? inFile(options) : behindUrl(options);

  return fromSnapshot({
    name,
    key: packageKey,
    matches: matchesQuery,
    version,
    load: ({ signal }) =>
      from(text(signal)).pipe(
        mergeMap((index) => helmCharts(index, where, signal)),
        map((charts) => {
          const packages = uniquePackages();
          for (const chart of charts) packages.add(toPackage(chart.name, chart.version, name, chart.description));
          return packages.items;
        }),
      ),
  });
}

interface IndexText {
  readonly where: string;
  readonly version: () => ObservableInput<string>;
  readonly text: (signal: AbortSignal) => ObservableInput<string>;
}

function inFile({ file, maxBytes = 32 * 1024 ** 2 }: HelmIndexFile): IndexText {
  return { where: file, version: () => fileVersion(file), text: () => readText(file, maxBytes) };
}

function behindUrl({ url, recheckMs = 30_000, ...limits }: HelmIndexUrl): IndexText {
  const { origin, pathname } = new URL(url);
  return { where: origin + pathname, ...httpDocument(url, { ...limits, recheckMs }) };
}
