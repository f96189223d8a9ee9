import { UsageError } from './usageError.ts';

/** What `--data` says. Throws a UsageError for what is not JSON. */
export function parsedData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new UsageError(`--data must be JSON, not ${JSON.stringify(data.slice(0, 60))}`);
  }
}
