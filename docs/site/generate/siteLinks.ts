import { join } from 'node:path/posix';
import { kindOf } from './files.ts';

/** Text with its links turned to where the site has what they mean, and the files that are shown as pages for it. */
export interface Linked {
  readonly text: string;
  readonly sources: readonly string[];
}

/** Code, in which nothing is a link, or the end of a link: where it leads, and the place there. */
const CODE_OR_LINK = /^(`{3,})[\s\S]*?^\1`*$|`[^`\n]*`|\]\((?!https?:|mailto:)([^()\s#]*)(#[^()\s]*)?\)/gm;

/**
 * Turns links between files of the repository, as they stand in the page `file`, into links of the site. A file that is no page
 * becomes one that shows it. Throws for a link that leads nowhere.
 */
export function siteLinks(file: string, text: string): Linked {
  const sources: string[] = [];
  const linked = text.replaceAll(CODE_OR_LINK, (whole: string, _: unknown, target?: string, anchor?: string) => {
    if (target === undefined || target === '') return whole;
    const path = join(file, '..', target).replace(/\/$/, '');
    if (kindOf(path) === 'nothing') throw new Error(`${file} links to ${target}, and there is no ${path}`);
    if (!isPage(path)) sources.push(path);
    return `](/${pageOf(path)}${anchor ?? ''})`;
  });
  return { text: linked, sources };
}

/** Where the site has a file or a folder of the repository. */
export function pageOf(path: string): string {
  if (!isPage(path)) return `source/${path}`;
  if (path === 'README.md') return '';
  const page = path.replace(/^docs\//, '').replace(/(?:README)?\.md$/, '');
  return kindOf(path) === 'folder' ? `${page}/` : page;
}

function isPage(path: string): boolean {
  return /^(?:README|CHANGELOG|docs\/[^.]+)\.md$|^docs\/(?:decisions|recipes|examples)$/.test(path);
}
