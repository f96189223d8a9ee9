import { ConfigError } from '../config/configError.ts';

/** Two readings of settings. Rejects with one ConfigError for the problems of both. */
export async function bothOrProblems<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  const results = await Promise.allSettled([first, second]);
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const other = failures.find((failure) => !(failure instanceof ConfigError));
  if (other !== undefined) throw other;
  const problems = failures.flatMap((failure) => (failure instanceof ConfigError ? failure.problems : []));
  if (problems.length > 0) throw new ConfigError(problems);
  return [await first, await second];
}
