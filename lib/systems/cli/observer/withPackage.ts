import { ConfigError } from '../../config/configError.ts';

/** Loads what needs a package that is not there unless it is installed. Rejects with a ConfigError that names it. */
export async function withPackage<A>(name: string, what: string, load: () => Promise<A>): Promise<A> {
  try {
    return await load();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new ConfigError([`the package ${name} is not installed, and is needed for ${what}: npm install ${name}`], {
      cause,
    });
  }
}
