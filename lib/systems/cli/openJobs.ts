import { stat } from 'node:fs/promises';
import { catchError, EMPTY, firstValueFrom, throwError } from 'rxjs';
import { fileJobStore } from '../../adapters/file/fileJobStore.ts';
import { memoryJobStore } from '../../adapters/memory/memoryJobStore.ts';
import { StoreError } from '../../contracts/jobFailure.ts';
import { BrokenRecordsError } from '../../contracts/jobStoreFailure.ts';
import { ConfigError } from '../config/configError.ts';
import { openKinds } from '../config/openKinds.ts';
import { catalogueRefresh } from '../jobs/catalogueRefresh.ts';
import { createJobs, type Jobs } from '../jobs/createJobs.ts';
import type { ServedCatalogue } from './openServedCatalogue.ts';

/** The jobs of a server, with what brings them back and what ends them. */
export interface ServedJobs {
  readonly jobs: Jobs;
  readonly begin: () => Promise<void>;
  readonly end: (deadlineMs: number) => Promise<void>;
}

/** The jobs that the settings describe. Rejects with a ConfigError. */
export async function openJobs({ catalogue, settings, sealer, log }: ServedCatalogue): Promise<ServedJobs> {
  const { module, store, kinds: limits, ...bounds } = settings.jobs;
  const kinds = await openKinds(module, { builtIn: { 'catalogue.refresh': catalogueRefresh(catalogue) } });
  for (const name of Object.keys(limits)) {
    if (Object.hasOwn(kinds, name)) continue;
    const known = Object.keys(kinds).join(', ');
    throw new ConfigError([`/jobs/kinds: there is no kind of job ${JSON.stringify(name)}; known: ${known}`]);
  }
  const jobs = createJobs({
    ...bounds,
    kinds,
    limits,
    sealer,
    ttlMs: settings.pageTokens.ttlMs,
    pageSize: settings.pageSize,
    store: store === 'memory' ? memoryJobStore() : fileJobStore({ folder: await checkedFolder(store) }),
    onError: (failure) => log.error('a job failed, or its store', { failure }),
  });

  return {
    jobs,
    begin: async () => {
      const recovery$ = jobs.recover().pipe(
        // What cannot be read stays where it is; the others run all the same.
        catchError((failure: unknown) => (isBroken(failure) ? EMPTY : throwError(() => failure))),
      );
      const { restarted, failed, remembered } = await firstValueFrom(recovery$);
      if (restarted.length + failed.length + remembered.length === 0) return;
      log.info('jobs of an earlier run are back', {
        restarted: restarted.length,
        failed: failed.length,
        remembered: remembered.length,
      });
    },
    end: async (deadlineMs) => {
      const { jobs: counts, messages } = await jobs.stop({ deadlineMs });
      log.info('jobs have stopped', { jobs: counts, messages });
    },
  };
}

/** It is made when the first job comes; what is there already must be a folder. */
async function checkedFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== false) return path;
  throw new ConfigError([`/jobs/store: ${path} is not a folder`]);
}

function isBroken(failure: unknown): boolean {
  return failure instanceof StoreError && failure.cause instanceof BrokenRecordsError;
}
