import { resolve } from 'node:path';
import * as t from 'io-ts';
import { decoder, shape, whole } from './codecs.ts';
import { means } from './described.ts';

const DAY_MS = 86_400_000;

/** What a configuration file may say of jobs. */
export type JobsConfig = t.TypeOf<ReturnType<typeof jobsConfig>>;

/** Everything that can be set of jobs. */
export interface JobsSettings extends Pick<JobsConfig, 'module'> {
  readonly maxRunning: number;
  readonly maxWaiting: number;
  readonly retentionMs: number;
  readonly maxRetained: number;
  /** `memory`, or the path of a folder. */
  readonly store: string;
  readonly kinds: NonNullable<JobsConfig['kinds']>;
}

/** The codec of the section; relative paths start at `folder`. */
export function jobsConfig({ folder }: { readonly folder: string }) {
  const localPath = decoder<string>('the path of a local file', (input, context) =>
    typeof input === 'string' && input.trim() !== '' && !/^[a-z][a-z\d+.-]+:/i.test(input)
      ? t.success(resolve(folder, input))
      : t.failure(input, context),
  );
  const store = decoder<string>('memory, or the path of a folder', (input, context) =>
    input === 'memory' ? t.success(input) : localPath.validate(input, context),
  );
  const limits = shape(
    {},
    {
      timeoutMs: means('Longest time for a job. Default: none.', whole(1, 30 * DAY_MS)),
      maxMessages: means('Most messages of a job; one more fails it. Default: 100000.', whole(0, 10_000_000)),
      bufferSize: means('Most messages that wait to be told. Default: 1024.', whole(1, 1_000_000)),
    },
  );

  const kinds = t.record(t.string, limits, 'limits by kind');

  return shape(
    {},
    {
      maxRunning: means('Most jobs at the same time. Default: 4.', whole(1, 1_000)),
      maxWaiting: means('Most jobs that wait; one more is answered 503. Default: 100.', whole(0, 10_000)),
      retentionMs: means('How long a job can be read after its end. Default: 3600000.', whole(1_000, 365 * DAY_MS)),
      maxRetained: means('Most jobs that can be read after their end. Default: 1000.', whole(1, 10_000)),
      store: means('Where jobs are kept: a folder of this program alone. Default: memory.', store),
      module: means('A file that exports kinds of jobs by default.', localPath),
      kinds: means('Limits by the name of a kind, each { timeoutMs, maxMessages, bufferSize }.', kinds),
    },
  );
}
