import { declarations, type Declared } from './declarations.ts';
import { sourceFiles } from '../../../specs/architecture/source.ts';
import { docLinks } from './docLinks.ts';
import type { Page } from './page.ts';

/** Every error class with a stable code, in the order of the codes. */
export function errorsPage(doorOf: (name: string) => string | undefined): Page {
  const rows = sourceFiles
    .flatMap((file) => errorsIn(declarations(file)))
    .map(({ code, error }) => ({ code, row: rowOf(code, error, doorOf(error.name)) }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ row }) => row);
  const text = [
    '---\naside: false\n---\n',
    '# Errors by code',
    '',
    'Every error is a class with a literal `name`, a stable `code`, its facts as fields, and the original as `cause`. Programs answer',
    'with problem details (RFC 9457), whose `code` is the same. What has no door is met in programs only.',
    '',
    '| code | what it says | error, with its facts |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
  return { path: 'errors', title: 'Errors by code', text: text.join('\n') };
}

function errorsIn(declared: readonly Declared[]): readonly { readonly code: string; readonly error: Declared }[] {
  const errors = declared.filter(({ kind, signature }) => kind === 'class' && /extends \w*Error\b/.test(signature));
  return errors.flatMap((error) => codesOf(error, declared).map((code) => ({ code, error })));
}

/** The code it is given, or those that its type allows. */
function codesOf({ members }: Declared, declared: readonly Declared[]): readonly string[] {
  const code = members.find(({ name }) => name === 'code');
  if (code === undefined) return [];
  const named = declared.find(({ kind, name }) => kind === 'other' && name === code.type);
  return [...`${code.value} ${named?.signature ?? code.type}`.matchAll(/'([a-z0-9_]+)'/g)].map(([, word]) => word!);
}

function rowOf(code: string, { name, comment, members }: Declared, door: string | undefined): string {
  const facts = members
    .filter((member) => !['name', 'code'].includes(member.name))
    .map((member) => `\`${member.name}\``);
  const says = docLinks(comment.text)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
  const from = door === undefined ? '' : ` of \`${door}\``;
  return `| \`${code}\` | ${says} | <a id="${name}"></a>\`${name}\`${from}${facts.length === 0 ? '' : `: ${facts.join(', ')}`} |`;
}
