import * as t from 'io-ts';
import { isLeft } from 'fp-ts/lib/Either.js';

/** What is kept of a job besides what the engine knows of it. In the store it stands in place of its input. */
export interface JobFacts {
  readonly input: unknown;
  /** Whose job it is. */
  readonly tenant: string;
  /** What its sender calls the request that started it. */
  readonly key?: string | undefined;
  /** The JSON text of its last message. */
  readonly last?: string | undefined;
}

const Kept = t.intersection([
  t.type({ input: t.unknown, tenant: t.string }),
  t.partial({ key: t.string, last: t.string }),
]);

/** The facts in what was kept in place of an input; undefined where it is something else. */
export function readJobFacts(kept: unknown): JobFacts | undefined {
  const decoded = Kept.decode(kept);
  return isLeft(decoded) ? undefined : decoded.right;
}
