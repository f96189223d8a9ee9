import { resolve } from 'node:path';
import * as t from 'io-ts';
import { decoder, shape, whole } from './codecs.ts';

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
    { timeoutMs: whole(1, 30 * DAY_MS), maxMessages: whole(0, 10_000_000), bufferSize: whole(1, 1_000_000) },
  );

  return shape(
    {},
    {
      maxRunning: whole(1, 1_000),
      maxWaiting: whole(0, 10_000),
      retentionMs: whole(1_000, 365 * DAY_MS),
      maxRetained: whole(1, 10_000),
      store,
      module: localPath,
      kinds: t.record(t.string, limits, 'limits by kind'),
    },
  );
}
