import { textOf } from './files.ts';
import type { Page } from './page.ts';
import { pageOf, siteLinks } from './siteLinks.ts';
import { withoutRemarks } from './withoutRemarks.ts';

/** A page written by hand, and the files it links to that are no pages themselves. */
export function guidePage(file: string): { readonly page: Page; readonly sources: readonly string[] } {
  const { text, sources } = siteLinks(file, withoutRemarks(textOf(file)));
  const title = /^# (.+)$/m.exec(text)?.[1] ?? file;
  return { page: { path: pageOf(file).replace(/(^|\/)$/, '$1index'), title, text }, sources };
}
