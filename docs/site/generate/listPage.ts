import type { Page } from './page.ts';

/** A page that lists others. */
export function listPage(
  path: string,
  { title, about, pages }: { title: string; about: string; pages: readonly Page[] },
): Page {
  const items = pages.map((page) => `- [${page.title}](/${page.path})`);
  return { path, title, text: [`# ${title}`, about, items.join('\n')].join('\n\n') };
}
