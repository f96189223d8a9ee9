import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { apiPages } from './apiPages.ts';
import { contents } from './contents.ts';
import { doorOf, doors } from './doors.ts';
import { errorsPage } from './errorsPage.ts';
import { filesBelow, filesIn } from './files.ts';
import { guidePage } from './guidePage.ts';
import { homePage } from './homePage.ts';
import { listPage } from './listPage.ts';
import { operatorPage } from './operatorPage.ts';
import type { Page } from './page.ts';
import { recordedFigures } from './recordedFigures.ts';
import { sourcePage } from './sourcePage.ts';

/** Where everything comes from, and goes. */
export interface WritePagesOptions {
  /** What the specs of the operators ran. */
  readonly recorded: string;
  /** The folder for the pages. */
  readonly folder: string;
}

const OPERATORS = ['operators/mergeMapBounded.ts', 'operators/mergeSorted.ts', 'lib/boundary/decodeWith.ts'];

/** Writes all pages of the site, and their table of contents. */
export async function writePages({ recorded, folder }: WritePagesOptions): Promise<void> {
  const figures = recordedFigures(recorded);
  const operators = OPERATORS.map((file) => {
    const spec = `specs/${file.replace(/^lib\//, '').replace(/\.ts$/, '.spec.ts')}`;
    const door = doorOf(basename(file, '.ts'))!;
    return operatorPage(file, { door, figures: figures.filter((figure) => figure.spec === spec) });
  });
  const guides = [
    ...filesIn('docs', '.md').filter((file) => file !== 'docs/README.md'),
    ...filesIn('docs/recipes', '.md'),
    'CHANGELOG.md',
  ].map(guidePage);
  const decisions = filesIn('docs/decisions', '.md').map(guidePage);
  const examples = filesBelow('docs/examples', '.ts').map(sourcePage);
  const shown = new Set([...guides, ...decisions].flatMap(({ sources }) => sources));
  const api = await apiPages();

  const pages: readonly Page[] = [
    homePage(),
    ...guides.map(({ page }) => page),
    ...decisions.map(({ page }) => page),
    listPage('decisions/index', {
      title: 'Decisions',
      about: 'Why it is as it is.',
      pages: decisions.map(({ page }) => page),
    }),
    ...operators,
    errorsPage(doorOf),
    ...examples,
    listPage('examples/index', { title: 'Examples', about: 'Programs that run in every check.', pages: examples }),
    ...[...shown].filter((source) => examples.every(({ title }) => title !== source)).map(sourcePage),
    ...api,
  ];
  for (const { path, text } of pages) await write(join(folder, `${path}.md`), text);

  const recipes = guides.map(({ page }) => page).filter(({ path }) => /^recipes\/(?!index)/.test(path));
  const table = contents({
    operators: operators.map(({ title }) => title),
    recipes: recipes.map(({ title, path }) => ({ text: title, link: `/${path}` })),
    doors: new Map(Object.keys(doors).map((door) => [door, `/api/${door.replace(/^rxfan\//, '')}/`])),
  });
  await write(join(folder, 'contents.json'), JSON.stringify(table));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
