import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { catchError, defer, firstValueFrom, throwError, timeout } from 'rxjs';
import { inWords } from '../../contracts/inWords.ts';
import { ConfigError } from './configError.ts';

/** Which module {@link loadModule} loads, and what for. */
export interface LoadModuleOptions {
  /** Names the module in errors, with its path. */
  readonly where: string;
  /** What it must export, for an empty one. */
  readonly exporting: string;
  /** Longest wait for the module, in ms from when it is asked for. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
}

/** What a module exports by default. Rejects with a ConfigError when it is missing, empty, or does not load. */
export async function loadModule(path: string, options: LoadModuleOptions): Promise<unknown> {
  const { where, exporting, timeoutMs = 30_000 } = options;
  const { size, isFile } = await fileAt(path, where);
  if (!isFile) throw new ConfigError([`${where} is not a file`]);
  if (size === 0) throw new ConfigError([`${where} is empty: it must export ${exporting} by default`]);
  return load(path, where, timeoutMs);
}

async function fileAt(path: string, where: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  try {
    const found = await stat(path);
    return { size: found.size, isFile: found.isFile() };
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new ConfigError([`${where} ${isAbsent ? 'does not exist' : `cannot be read: ${inWords(cause)}`}`], { cause });
  }
}

function load(path: string, where: string, timeoutMs: number): Promise<unknown> {
  const { href } = pathToFileURL(path);
  const names = [href, path]; // a CommonJS module is told by its path
  const late = () => new ConfigError([`${where} was not loaded within ${timeoutMs} ms`]);
  const failed = (cause: unknown) =>
    new ConfigError([`${where} cannot be loaded: ${inWords(cause)}${lineOf(names, cause)}`], { cause });
  const module$ = defer(async () => ((await import(href)) as { readonly default?: unknown }).default);
  return firstValueFrom(
    module$.pipe(
      catchError((cause: unknown) => throwError(() => failed(cause))),
      timeout({ first: timeoutMs, with: () => throwError(late) }),
    ),
  );
}

/** Where in the module it was thrown, as far as the stack tells. */
function lineOf(names: readonly string[], cause: unknown): string {
  const stack = cause instanceof Error ? String(cause.stack) : '';
  const name = names.find((candidate) => stack.includes(`${candidate}:`));
  const line = name && /^:(\d+)/.exec(stack.slice(stack.indexOf(`${name}:`) + name.length))?.[1];
  return line === undefined ? '' : ` (line ${line})`;
}
