import ts from 'typescript';
import { textOf } from './files.ts';

/** Something that a file exports, with what its comment says. */
export interface Declared {
  readonly name: string;
  readonly kind: 'function' | 'interface' | 'class' | 'other';
  /** As it is written, without its body. */
  readonly signature: string;
  readonly comment: Comment;
  /** Members of an interface or a class, in order. */
  readonly members: readonly Member[];
}

/** A property of an interface or a class. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  /** What it is set to where it is declared. */
  readonly value: string;
  readonly comment: Comment;
}

/** A TSDoc comment. */
export interface Comment {
  /** Markdown, as it is written, without stars. */
  readonly text: string;
  /** Code, as it is written. */
  readonly examples: readonly string[];
}

/** What a file exports, in the order in which it stands there. */
export function declarations(file: string): readonly Declared[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
  return source.statements.filter(isExported).map((statement) => {
    const members = ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement) ? statement.members : [];
    return {
      name: nameOf(statement),
      kind: kindOf(statement),
      signature: signatureOf(statement, source),
      comment: commentOf(statement),
      members: [...members].flatMap((member) => memberOf(member, source)),
    };
  });
}

function nameOf(statement: ts.Statement): string {
  const named = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : statement;
  return (named as { name?: ts.Identifier }).name?.text ?? '';
}

function kindOf(statement: ts.Statement): Declared['kind'] {
  if (ts.isFunctionDeclaration(statement)) return 'function';
  if (ts.isInterfaceDeclaration(statement)) return 'interface';
  return ts.isClassDeclaration(statement) ? 'class' : 'other';
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function signatureOf(statement: ts.Statement, source: ts.SourceFile): string {
  const text = statement.getText(source);
  if (!ts.isFunctionDeclaration(statement) || statement.body === undefined) return text;
  return text.slice(0, statement.body.getStart(source) - statement.getStart(source)).trim();
}

function memberOf(member: ts.TypeElement | ts.ClassElement, source: ts.SourceFile): readonly Member[] {
  if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
  const type = (member.type?.getText(source) ?? '').replace(/\s*\|\s*undefined$/, '').replace(/\s+/g, ' ');
  return [
    {
      name: member.name.getText(source),
      type,
      optional: member.questionToken !== undefined,
      value: ts.isPropertyDeclaration(member) ? (member.initializer?.getText(source) ?? '') : '',
      comment: commentOf(member),
    },
  ];
}

/** The last comment before a node: the one that is of it. */
function commentOf(node: ts.Node): Comment {
  const doc = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1)?.getText() ?? '';
  const lines = doc
    .replace(/^\/\*\*\s?/, '')
    .replace(/\s*\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''));
  const [text = '', ...tags] = lines.join('\n').split(/^@/m);
  const examples = tags.filter((tag) => tag.startsWith('example')).map((tag) => tag.replace(/^example\s*/, '').trim());
  return { text: text.trim(), examples };
}
