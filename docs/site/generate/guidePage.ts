import { textOf } from './files.ts';
import type { Page } from './page.ts';
import { pageOf, siteLinks } from './siteLinks.ts';

/** What checks of code blocks read, and readers need not: `<!-- from: … -->`, `<!-- given: … -->`. */
const REMARK = /<!-- (?:from|given):\s[\s\S]*?-->\n*/g;

/** A page written by hand, and the files it links to that are no pages themselves. */
export function guidePage(file: string): { readonly page: Page; readonly sources: readonly string[] } {
  const { text, sources } = siteLinks(file, textOf(file).replaceAll(REMARK, ''));
  const title = /^# (.+)$/m.exec(text)?.[1] ?? file;
  return { page: { path: pageOf(file).replace(/(^|\/)$/, '$1index'), title, text }, sources };
}
