import { createHash } from 'node:crypto';
import * as t from 'io-ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { decode } from '../../boundary/decode.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import type { JobRecord } from '../../contracts/jobStore.ts';

const States = t.keyof({ queued: 1, running: 1, succeeded: 1, failed: 1, cancelled: 1, timedOut: 1 });
const Failure = t.type({ code: t.string, message: t.string });

/** What the file of a record holds. The digest is that of the canonical JSON of the record. */
const JobFile = t.type(
  {
    version: t.literal(1),
    digest: t.string,
    record: t.intersection([
      t.type({ token: t.string, kind: t.string, input: t.unknown, state: States, createTime: t.number }),
      t.partial({ startTime: t.number, endTime: t.number, error: Failure }),
    ]),
  },
  'JobFile',
);

/** The name of the file of a token: any text, of any length, on any file system. */
export function jobFileName(token: string): string {
  return `${digestOf(JSON.stringify(token))}.json`;
}

/** Whether a file can be that of a record. */
export function isJobFileName(name: string): boolean {
  return /^[\da-f]{64}\.json$/.test(name);
}

/** The content of the file of a record. Throws NotJsonError. */
export function writeJobFile(record: JobRecord): string {
  const text = canonicalJson(record);
  return `{"version":1,"digest":"${digestOf(text)}","record":${text}}\n`;
}

/** The record in the content of a file. Throws what is wrong with it. */
export function readJobFile(path: string, name: string, text: string): JobRecord {
  const { digest, record } = decode(JobFile, parsed(path, text), path);
  if (digestOf(canonicalJson(record)) !== digest) throw new UnreachableError(path, 'its content was changed');
  if (jobFileName(record.token) !== name) throw new UnreachableError(path, 'it holds the record of another job');
  return record;
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnreachableError(path, text === '' ? 'it is empty' : 'it is not JSON', { cause });
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
