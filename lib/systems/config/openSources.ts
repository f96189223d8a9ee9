import { defaultPythonDirectories } from '../../adapters/packages/defaultPythonDirectories.ts';
import { debianAvailable } from '../../adapters/packages/debianAvailable.ts';
import { debianInstalled } from '../../adapters/packages/debianInstalled.ts';
import { helmIndex } from '../../adapters/packages/helmIndex.ts';
import { npmInstalled } from '../../adapters/packages/npmInstalled.ts';
import { npmRegistry } from '../../adapters/packages/npmRegistry.ts';
import type { PackageSource } from '../../adapters/packages/package.ts';
import { pythonInstalled } from '../../adapters/packages/pythonInstalled.ts';
import { restList } from '../../adapters/packages/restList.ts';
import type { CatalogueSource } from '../catalogue/createCatalogue.ts';
import type { SourceConfig } from './sourceConfig.ts';

/** What {@link openSources} works with. */
export interface SourceScope {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hears of items that cannot be read, and of default sources that are not there. */
  readonly log: {
    info(message: string, facts?: Readonly<Record<string, unknown>>): void;
    warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  };
}

/** The configured sources, ready to be asked; without a configuration, those of this machine. */
export async function openSources(
  configs: readonly SourceConfig[] | undefined,
  scope: SourceScope,
): Promise<readonly CatalogueSource[]> {
  return Promise.all((configs ?? []).map(async (config) => ({ type: config.type, source: await openSource(config, scope) })));
}

async function openSource(config: SourceConfig, { env, log }: SourceScope): Promise<PackageSource> {
  const onProblem = (problem: unknown) =>
    log.warn('an item was left out', { type: config.type, reason: problem instanceof Error ? problem.message : String(problem) });

  switch (config.type) {
    case 'npm':
      return npmInstalled({ ...config, onProblem });
    case 'dpkg':
      return debianInstalled(config);
    case 'apt':
      return debianAvailable(config);
    case 'python':
      return pythonInstalled({ ...config, directories: config.directories ?? (await defaultPythonDirectories({ env })), onProblem });
    case 'helm':
      return helmIndex(config);
    case 'npm-registry':
      return npmRegistry(config);
    case 'rest':
      return restList(config);
  }
}
