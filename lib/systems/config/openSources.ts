import { readFile } from 'node:fs/promises';
import { firstValueFrom } from 'rxjs';
import { defaultPythonDirectories } from '../../adapters/packages/defaultPythonDirectories.ts';
import { defaultSources } from '../../adapters/packages/defaultSources.ts';
import { debianAvailable } from '../../adapters/packages/debianAvailable.ts';
import { debianInstalled } from '../../adapters/packages/debianInstalled.ts';
import { helmIndex } from '../../adapters/packages/helmIndex.ts';
import { kubernetesList } from '../../adapters/packages/kubernetesList.ts';
import { npmInstalled } from '../../adapters/packages/npmInstalled.ts';
import { npmRegistry } from '../../adapters/packages/npmRegistry.ts';
import type { PackageSource } from '../../adapters/packages/package.ts';
import { pythonInstalled } from '../../adapters/packages/pythonInstalled.ts';
import { restList } from '../../adapters/packages/restList.ts';
import { sqlTable } from '../../adapters/packages/sqlTable.ts';
import type { CatalogueSource } from '../catalogue/createCatalogue.ts';
import { ConfigError } from './configError.ts';
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

/** The configured sources, ready to be asked; without a configuration, those that this machine has. */
export async function openSources(
  configs: readonly SourceConfig[] | undefined,
  { env, log }: SourceScope,
): Promise<readonly CatalogueSource[]> {
  const onProblem = (problem: unknown) => log.warn('a package was left out', { reason: inWords(problem) });
  if (configs !== undefined) {
    return Promise.all(
      configs.map(async (config) => ({ type: config.type, source: await open(config, env, onProblem) })),
    );
  }

  const { sources, absent } = await firstValueFrom(defaultSources({ onProblem }));
  for (const { name, reason } of absent) log.info('a source of this machine is left out', { source: name, reason });
  return sources.map((source) => ({ type: source.name, source }));
}

async function open(
  config: SourceConfig,
  env: SourceScope['env'],
  onProblem: (problem: unknown) => void,
): Promise<PackageSource> {
  switch (config.type) {
    case 'npm':
      return npmInstalled({ ...config, onProblem });
    case 'dpkg':
      return debianInstalled(config);
    case 'apt':
      return debianAvailable(config);
    case 'python': {
      const directories = config.directories ?? (await defaultPythonDirectories({ env }));
      return pythonInstalled({ ...config, directories, onProblem });
    }
    case 'helm':
      return helmIndex(config);
    case 'npm-registry':
      return npmRegistry(config);
    case 'kubernetes': {
      const { bearerTokenFile, caFile, certFile, keyFile, ...options } = config;
      const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map(readSetting));
      const readToken =
        bearerTokenFile === undefined ? undefined : async () => (await readFile(bearerTokenFile, 'utf8')).trim();
      const tls = ca === undefined && cert === undefined ? undefined : { ca, cert, key };
      return kubernetesList({ ...options, bearerToken: readToken ?? options.bearerToken, tls });
    }
    case 'postgres':
      return sqlTable(config);
    case 'rest':
      return restList(config);
  }
}

async function readSetting(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError([`${path} cannot be read: ${inWords(cause)}`], { cause });
  });
}

function inWords(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
