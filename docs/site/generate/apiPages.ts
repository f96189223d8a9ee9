import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Application, type TypeDocOptions } from 'typedoc';
import { doors } from './doors.ts';
import { filesBelow, textOf } from './files.ts';
import type { Page } from './page.ts';

/** What `typedoc-plugin-markdown` takes besides. */
interface MarkdownOptions {
  readonly router: 'member';
  readonly pageTitleTemplates: Readonly<Record<string, string>>;
  readonly hidePageHeader: boolean;
  readonly hideBreadcrumbs: boolean;
  readonly useCodeBlocks: boolean;
  readonly useHTMLEncodedBrackets: boolean;
  readonly sanitizeComments: boolean;
  readonly parametersFormat: 'table';
  readonly interfacePropertiesFormat: 'table';
}

const LINK = /\]\(([\w./-]+)\.md(#[^()\s]*)?\)/g;

/** A page per door, and one for each thing that it exports. Rejects where a comment links to what is not there. */
export async function apiPages(): Promise<readonly Page[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rxfan-api-'));
  try {
    const options: TypeDocOptions & MarkdownOptions = {
      entryPoints: Object.values(doors),
      outputs: [{ name: 'markdown', path: folder }],
      plugin: ['typedoc-plugin-markdown'],
      tsconfig: 'tsconfig.json',
      readme: 'none',
      excludeInternal: true,
      excludePrivate: true,
      excludeExternals: true, // what a Topic has of a Subject is told by RxJS
      disableSources: true,
      skipErrorChecking: true, // `npm run check` has done so
      treatValidationWarningsAsErrors: true,
      validation: { notExported: false, invalidLink: true, notDocumented: false, rewrittenLink: true },
      logLevel: 'Warn',
      router: 'member',
      pageTitleTemplates: { index: 'API', module: '{name}', member: '{name}' },
      hidePageHeader: true,
      hideBreadcrumbs: true,
      useCodeBlocks: true,
      useHTMLEncodedBrackets: true,
      sanitizeComments: true,
      maxTypeConversionDepth: 5, // enough for all but descriptions of whole APIs
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
    };
    const app = await Application.bootstrapWithPlugins(options);
    const project = await app.convert();
    if (project === undefined) throw new Error('the API cannot be read');
    app.validate(project);
    await app.generateOutputs(project);
    if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('the API has comments that are not right');
    return filesBelow(folder, '.md').map((file) => apiPage(file.slice(folder.length + 1), textOf(file)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The page of a file that was written, with links to where pages are. */
function apiPage(file: string, text: string): Page {
  const path = placeOf(file.replace(/\.md$/, ''));
  const linked = text.replaceAll(
    LINK,
    (_, target: string, anchor = '') => `](/${placeOf(join(file, '..', target))}${anchor})`,
  );
  const door = FOLDERS.find(([, place]) => path.startsWith(`api/${place}/`));
  const up = path.endsWith('/index') || door === undefined ? '' : `[${nameOf(door[1])}](/api/${door[1]}/)\n\n`;
  return { path, title: basename(path), text: up + namedByDoor(linked) };
}

/** Headings and lists of doors, which are called by their files. */
function namedByDoor(text: string): string {
  const named = (whole: string, before: string, folder: string) => {
    const door = FOLDERS.find(([each]) => each === folder);
    return door === undefined ? whole : `${before}${nameOf(door[1])}`;
  };
  return text.replaceAll(/^(# |- \[)([\w/-]+)/gm, named);
}

function nameOf(place: string): string {
  return place === 'rxfan' ? place : `rxfan/${place}`;
}

/** Doors are files there, and names here: `lib/adapters/http/functions/x` is at `api/http/functions/x`. */
function placeOf(path: string): string {
  const door = FOLDERS.find(([folder]) => path === folder || path.startsWith(`${folder}/`));
  const place = door === undefined ? path : `${door[1]}${path.slice(door[0].length)}`;
  return `api/${place.replace(/README$/, 'index')}`;
}

/** The folder of each door, the deepest first, and what it is called: `http`, and `rxfan` for that of the whole package. */
const FOLDERS = Object.entries(doors)
  .map(([door, file]) => [dirname(file), door.replace(/^rxfan\//, '')] as const)
  .sort(([a], [b]) => b.length - a.length);
