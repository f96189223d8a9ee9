import { defer, EMPTY, from, map } from 'rxjs';
import { OverflowError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import type { JobRecord, JobStore } from '../../contracts/jobStore.ts';

/** How much {@link memoryJobStore} keeps. */
export interface MemoryJobStoreOptions {
  /** Most records to keep; one more is refused with OverflowError. Default: 100 000. */
  readonly maxRecords?: number | undefined;
}

/**
 * Keeps records of jobs while the process lives. What it keeps and gives are copies.
 *
 * @example
 * const engine = createWorkEngine({ topics: ['reports'], newToken: randomUUID, store: memoryJobStore() });
 */
export function memoryJobStore(options: MemoryJobStoreOptions = {}): JobStore {
  const { maxRecords = 100_000 } = options;
  checkInteger('maxRecords', maxRecords, 1);
  const records = new Map<string, string>();

  return {
    put: (record) =>
      defer(() => {
        const text = canonicalJson(record);
        if (records.size >= maxRecords && !records.has(record.token)) {
          throw new OverflowError('memoryJobStore', maxRecords);
        }
        records.set(record.token, text);
        return EMPTY;
      }),
    remove: (token) =>
      defer(() => {
        records.delete(token);
        return EMPTY;
      }),
    list: () => defer(() => from([...records.values()])).pipe(map((text) => JSON.parse(text) as JobRecord)),
  };
}
