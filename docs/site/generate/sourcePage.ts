import { extname } from 'node:path/posix';
import { fence } from './fence.ts';
import { kindOf, textOf, filesIn } from './files.ts';
import type { Page } from './page.ts';
import { pageOf } from './siteLinks.ts';

const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'ts',
  '.mjs': 'js',
  '.js': 'js',
  '.json': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

/** A page that shows a file of the repository, or what is in a folder. */
export function sourcePage(path: string): Page {
  const page = { path: pageOf(path), title: path };
  if (kindOf(path) === 'folder') {
    const list = filesIn(path, '').map((file) => `- \`${file}\``);
    return { ...page, text: `# ${path}\n\n${list.join('\n')}\n` };
  }
  const language = LANGUAGES[extname(path)] ?? 'text';
  return { ...page, text: `# ${path}\n\n${fence(language, textOf(path))}\n` };
}
