import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { faultsOf } from '../../contracts/failure.ts';
import { inWords } from '../../contracts/inWords.ts';
import { KIND_NAME, type JobKind, type JobKinds } from '../jobs/jobKind.ts';
import { decoder, shape, text } from './codecs.ts';
import { ConfigError } from './configError.ts';
import { loadModule } from './loadModule.ts';

/** What {@link openKinds} adds to, and how long it waits. */
export interface OpenKindsOptions {
  /** The kinds that there are without the module. Their names are taken. */
  readonly builtIn: JobKinds;
  /** Longest wait for the module, in ms from when it is asked for. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
}

const isMethod = (input: unknown): boolean => typeof input === 'function';
const run = decoder<JobKind['run']>('a function', (input, context) =>
  isMethod(input) ? t.success(input as JobKind['run']) : t.failure(input, context),
);
const codec = decoder<JobKind['input']>('a codec, such as one of io-ts', (input, context) => {
  const { decode, name } = (input ?? {}) as Partial<Record<'decode' | 'name', unknown>>;
  return isMethod(decode) && typeof name === 'string'
    ? t.success(input as JobKind['input'])
    : t.failure(input, context);
});
const kindShape = shape({ input: codec, run }, { description: text });

/**
 * The built-in kinds, and those that a module exports by default: `{ 'report.build': { input, run } }`. Rejects with a
 * ConfigError when the module is missing, does not load, or exports something else, with every problem.
 */
export async function openKinds(path: string | undefined, options: OpenKindsOptions): Promise<JobKinds> {
  const { builtIn, timeoutMs } = options;
  if (path === undefined) return builtIn;
  const where = `the module of jobs ${path}`;

  const exported = await loadModule(path, { where, exporting: 'an object of kinds', timeoutMs });
  const { kinds, problems } = readKinds(exported, builtIn);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${where}: ${problem}`));
  return { ...builtIn, ...kinds };
}

function readKinds(
  exported: unknown,
  builtIn: JobKinds,
): { readonly kinds: JobKinds; readonly problems: readonly string[] } {
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) {
    return { kinds: {}, problems: ['it must export an object of kinds by default'] };
  }
  const names = Object.keys(exported);
  const kinds: Record<string, JobKind> = {};
  const problems: string[] = names.length === 0 ? ['it exports no kind'] : [];
  for (const name of names) {
    const at = `/${name.slice(0, 80).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!KIND_NAME.test(name)) problems.push(`${at} is no name for a kind: use letters, digits, ".", "_" and "-"`);
    else if (Object.hasOwn(builtIn, name)) problems.push(`${at} is the name of a built-in kind; give it another`);
    else {
      const read = attempt(() => readKind((exported as Readonly<Record<string, unknown>>)[name]));
      if ('kind' in read) kinds[name] = read.kind;
      else problems.push(...read.problems.map((problem) => `${at}${problem}`));
    }
  }
  return { kinds, problems };
}

type Read = { readonly kind: JobKind } | { readonly problems: readonly string[] };

function readKind(exported: unknown): Read {
  const decoded = kindShape.decode(exported);
  if (!isLeft(decoded)) {
    const { description, input } = decoded.right;
    const self = exported as JobKind; // a method may use its `this`
    return { kind: { description, input, run: (given, context) => self.run(given, context) } };
  }
  return {
    problems: decoded.left.map((problem) => {
      const { at, expected, found } = faultsOf([problem])[0]!;
      return `${at === '/' ? '' : at} ${problem.message ?? `must be ${expected}, not ${found}`}`;
    }),
  };
}

/** A property may be a getter that throws. */
function attempt(read: () => Read): Read {
  try {
    return read();
  } catch (cause) {
    return { problems: [` cannot be read: ${inWords(cause)}`] };
  }
}
