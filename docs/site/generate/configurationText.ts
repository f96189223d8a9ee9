import type * as t from 'io-ts';
import { configFile } from '../../../lib/systems/config/configFile.ts';
import { descriptionOf } from '../../../lib/systems/config/described.ts';
import { secretVariables, variables } from '../../../lib/systems/config/environment.ts';
import { codeEngineCodecs } from '../../../lib/systems/config/observer/codeEngine.ts';
import { managerCodecs } from '../../../lib/systems/config/observer/managers.ts';
import { observerSecrets, observerVariables } from '../../../lib/systems/config/observer/readObserverSettings.ts';
import { storageCodecs } from '../../../lib/systems/config/observer/storage.ts';

const ABOUT = `# All settings

Made of the codecs that read them: \`npm run docs:configuration\` writes this page, and a spec holds it to them. How they are used is
told with each program: [catalogue](catalogue.md#configuration), [jobs](jobs.md#configuration), [routing](routing.md),
[events](events.md), [observer](observer.md#settings). Times are in milliseconds where a name ends in Ms. A secret may be
\`{ env: NAME }\`.

The environment goes before the file, the file before the defaults. Whatever is wrong is named with its place, all at once.
`;

/** The reference of all settings, as markdown. */
export function configurationText(): string {
  const file = configFile({ folder: '/', env: {} });
  return [
    ABOUT,
    '## The file\n\n`rxfan.config.yaml` in the current folder, or `--config FILE`.',
    ...told(sections(file, '')),
    '## The environment',
    table(variables, {}),
    `Not shown in any message; in a file, if \`AMQP_URL_FILE\` or \`IDEMPOTENCY_SECRET_FILE\` names it:`,
    [
      '| variable | meaning |',
      '| --- | --- |',
      ...Object.entries(secretVariables).map(([name, says]) => `| \`${name}\` | ${says} |`),
    ].join('\n'),
    '## The environment of the observer\n\nA flag is on with any value; what looks like "off" is refused.',
    table(observerVariables, {}),
    'Not shown in any message; in a file, if a variable of the same name with `_FILE` names it:',
    table(observerSecrets, {}),
    'Besides: `TEST` (short times, by being there), `OBSERVER_STORE` (a folder, or `memory`), `seeddata` (registrations to begin with, as JSON), `EnvFile` (the file below).',
    '## The file of the observer\n\nJSON; `EnvFile` names it (`env.json`).',
    '### MQ_ENDPOINTS[]\n\nVariables of the same names, with the number of the slot after them, go before it.',
    table(managerCodecs, {}),
    '### COS_STORAGE',
    table(storageCodecs, {}),
    '### CODE_ENGINE',
    table(codeEngineCodecs, {}),
  ].join('\n\n');
}

/** A table of keys under its heading. */
interface Section {
  /** Where the keys stand: `receivers[].routes[]`. */
  readonly path: string;
  /** Of which kind what stands there is. */
  readonly kind: string;
  readonly body: string;
}

/** What stands at a place: its own keys in a table, and those further down in tables of their own. */
function sections(codec: t.Mixed, path: string, kind = ''): readonly Section[] {
  const { parts } = descriptionOf(codec);
  if (parts === undefined) return [];
  if (parts.kind === 'list') return sections(parts.each, `${path}[]`);
  if (parts.kind === 'shape') {
    const keys = Object.entries({ ...parts.required, ...parts.optional });
    const body = keys.length === 0 ? 'Nothing.' : table(parts.optional, parts.required);
    const further = keys.flatMap(([key, each]) => sections(each, path === '' ? key : `${path}.${key}`, kind));
    return [{ path, kind, body }, ...further];
  }
  return Object.entries(parts.shapes).flatMap(([name, shape]) => {
    const only = onlyKey(shape);
    if (only !== undefined) return sections(only, `${path}.${name}`);
    return sections(shape, path, parts.kind === 'byType' ? `type: ${name}` : `${kind} with ${name}`);
  });
}

/** What stands under the one key of a shape that has no other, if it has keys itself. */
function onlyKey(shape: t.Mixed): t.Mixed | undefined {
  const { parts } = descriptionOf(shape);
  const [only, ...others] = parts?.kind === 'shape' ? Object.values({ ...parts.required, ...parts.optional }) : [];
  return only !== undefined && others.length === 0 && descriptionOf(only).parts?.kind === 'shape' ? only : undefined;
}

/** Each table once: what several kinds have alike is told of the first, and for all of them. */
function told(all: readonly Section[]): readonly string[] {
  const different = all.filter(
    ({ path, body }, at) => all.findIndex((other) => other.path === path && other.body === body) === at,
  );
  return different.map(({ path, kind, body }) => {
    const isOneOfSeveral = different.filter((other) => other.path === path).length > 1;
    const heading = isOneOfSeveral ? `${path}, ${kind}` : path;
    return path === '' ? body : `### ${heading}\n\n${body}`;
  });
}

function table(optional: t.Props, required: t.Props): string {
  const rows = [...Object.entries(required), ...Object.entries(optional)].map(([key, codec]) => {
    const { meaning = '' } = descriptionOf(codec);
    const needed = Object.hasOwn(required, key) ? ' (needed)' : '';
    return `| \`${key}\`${needed} | ${codec.name} | ${meaning} |`.replaceAll(/[<>]/g, '\\$&');
  });
  return ['| key | is | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
