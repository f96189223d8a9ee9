import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { aesGcmSealer } from '../../adapters/node/aesGcmSealer.ts';
import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import { parseSealingKeys } from '../../adapters/node/parseSealingKeys.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { Log } from './log.ts';
import type { Terminal } from './terminal.ts';

/**
 * Seals page tokens with a key that is kept for this user: a command ends after one page, and its token must be good for
 * the next run. The key is made at the first use, and only its owner may read it.
 */
export async function keptSealer({ env }: Pick<Terminal, 'env'>, log: Log): Promise<TokenSealer> {
  const { XDG_STATE_HOME: state = '', HOME: home = homedir() } = env;
  const folder = join(state === '' ? join(home, '.local', 'state') : state, 'rxfan');
  const path = join(folder, 'page-token-key');
  let line: string;
  try {
    line = (await read(path)) ?? (await create(folder, path));
    if (((await stat(path)).mode & 0o077) !== 0)
      log.warn('others may read the key of your page tokens; chmod 600 it', { path });
  } catch (failure) {
    log.warn('the key of your page tokens cannot be kept', {
      path,
      reason: failure instanceof Error ? failure.message : String(failure),
    });
    return ephemeralSealer({ warn: (message) => log.warn(message) });
  }
  return aesGcmSealer(parseSealingKeys(line, path));
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (failure) {
    if (hasCode(failure, 'ENOENT')) return undefined;
    throw failure;
  }
}

/** Of two runs that start together one makes the key and the other takes it: never half a key, never two. */
async function create(folder: string, path: string): Promise<string> {
  const temporary = `${path}.${process.pid}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(temporary, `kept:${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  try {
    await link(temporary, path).catch((failure: unknown) => {
      if (!hasCode(failure, 'EEXIST')) throw failure;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}

function hasCode(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === code;
}
