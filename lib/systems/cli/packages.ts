import { firstValueFrom, type Observable } from 'rxjs';
import type { AggregatePage, Unreachable } from '../../core/paging/aggregate.ts';
import type { Package } from '../../adapters/packages/package.ts';
import { UsageError } from './usageError.ts';
import { EXIT } from './exit.ts';
import { inShell } from './inShell.ts';
import { keptSealer } from './keptSealer.ts';
import { listsProgress } from './listsProgress.ts';
import { openLog } from './openLog.ts';
import { openCatalogue } from './openCatalogue.ts';
import { plain } from './plain.ts';
import { createTable } from './table.ts';
import { ReaderGoneError, type Terminal } from './terminal.ts';

/** What the command line of `rxfan packages` says. */
export interface PackagesFlags {
  readonly config?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
  readonly all?: boolean | undefined;
  readonly query?: string | undefined;
  readonly source?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
}

/** Prints one page of packages, or with `all` every page to the end, and gives the exit code. */
export async function packages(flags: PackagesFlags, terminal: Terminal): Promise<number> {
  const { config, all = false, source: sources = [], json = false, ...place } = flags;
  const log = openLog(terminal);
  const sealerWithoutKeys = () => keptSealer(terminal, log);
  const lists = listsProgress(terminal);
  const onSourceChange = ({ name }: { readonly name: string }) => lists.answered(name);
  const { catalogue } = await openCatalogue({ config, terminal, log, sealerWithoutKeys, onSourceChange });
  const unknown = sources.find((source) => !catalogue.sourceNames.includes(source));
  if (unknown !== undefined) {
    throw new UsageError(`there is no source ${JSON.stringify(unknown)}; known: ${catalogue.sourceNames.join(', ')}`);
  }

  const table = createTable({ columns: terminal.columns });
  let page: AggregatePage<Package> | undefined;
  let drifted = false;
  let total = 0;
  lists.begin(sources.length > 0 ? sources : catalogue.sourceNames);
  try {
    for await (page of all ? catalogue.pages({ ...place, sources }) : onePage(catalogue.page({ ...place, sources }))) {
      lists.end();
      await terminal.write(json ? `${JSON.stringify(page)}\n` : table(page.items));
      total += page.items.length;
      if (all) terminal.progress(`${total.toLocaleString('en')} packages`);
      drifted ||= page.drift !== undefined;
    }
  } catch (failure) {
    if (failure instanceof ReaderGoneError) return EXIT.done;
    throw failure;
  } finally {
    lists.end();
    terminal.progress(undefined);
  }

  const { nextPageToken = '', unreachable = [] } = page ?? {};
  for (const missing of unreachable) terminal.error(`warning: ${missingInWords(missing)}\n`);
  if (drifted) terminal.error('warning: packages came or went while the list was read\n');
  if (nextPageToken !== '' && !json) terminal.error(`next page: ${nextCommand(flags, nextPageToken)}\n`);
  return EXIT.done;
}

async function* onePage<T>(page: Observable<T>): AsyncGenerator<T> {
  yield await firstValueFrom(page);
}

function missingInWords({ source, reason }: Unreachable): string {
  return `${plain(source)} is missing from this list: ${plain(reason)}`;
}

/** The command that prints the page after this one. */
function nextCommand({ config, pageSize, query, source = [] }: PackagesFlags, token: string): string {
  const options = [
    ...(config === undefined ? [] : ['--config', config]),
    ...(pageSize === undefined ? [] : ['--page-size', String(pageSize)]),
    ...(query === undefined ? [] : ['--query', query]),
    ...source.flatMap((name) => ['--source', name]),
    '--page-token',
    token,
  ];
  return ['rxfan packages', ...options.map(inShell)].join(' ');
}
