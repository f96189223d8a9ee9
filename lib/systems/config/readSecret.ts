import { readFileSync, statSync } from 'node:fs';

const MAX_BYTES = 64 * 1024;

/** What is the matter with a secret; shows nothing of it. */
export type ReadSecret = { readonly value: string | undefined } | { readonly problem: string };

/** A secret of the environment: in the variable itself, or in the file that the same name with `_FILE` names. */
export function readSecret(env: Readonly<Record<string, string | undefined>>, name: string): ReadSecret {
  const value = env[name];
  const path = env[`${name}_FILE`];
  if (path === undefined) return value === '' ? { problem: `${name} is empty` } : { value };
  if (value !== undefined) return { problem: `${name} and ${name}_FILE are both set: leave one out` };
  try {
    if (statSync(path).size > MAX_BYTES) return { problem: `${name}_FILE: ${path} is too long for a secret` };
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? { problem: `${name}_FILE: ${path} is empty` } : { value: text };
  } catch (failure) {
    const code = failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown';
    return { problem: `${name}_FILE: ${path} cannot be read (${code})` };
  }
}
