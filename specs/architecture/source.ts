import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import ts from 'typescript';

/** The whole source, as paths from the root of the package. */
export const sourceFiles: readonly string[] = ['operators', 'lib'].flatMap((root) => filesUnder(root));

/** What package.json says of the package. */
export const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** What users import from, and the file that stands behind it: `./http` is `lib/adapters/http/index.ts`. */
export const doors: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(manifest.exports)
    .filter(([, target]) => target.endsWith('.js'))
    .map(([name, target]) => [name, target.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts')]),
);

/** The TypeScript files under a folder, at any depth; none where there is no such folder. */
export function filesUnder(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name.replaceAll('\\', '/')))
    .sort();
}

/** What a file imports, its own files as paths from the root, type imports and dynamic ones included. */
export function importsOf(file: string): readonly string[] {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'))
    .importedFiles.map(({ fileName }) => (fileName.startsWith('.') ? join(dirname(file), fileName) : fileName));
}

/** The packages that are loaded with a file, types and dynamic imports aside. */
export function packagesLoadedBy(file: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const loaded = statementsOf(file)
    .filter((statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
    .filter((statement) => !isTypeOnly(statement))
    .flatMap(({ moduleSpecifier }) =>
      moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [],
    );
  const packages = loaded.flatMap((target) =>
    target.startsWith('.') ? packagesLoadedBy(join(dirname(file), target), seen) : [packageOf(target)],
  );
  return [...new Set(packages)].sort();
}

/** `hono/cors` is of `hono`, and `@hono/node-server/serve-static` of `@hono/node-server`. */
export function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Loads a file, given as a path from the root. */
export async function importFile(file: string): Promise<object> {
  return (await import(/* @vite-ignore */ join(process.cwd(), file))) as object;
}

/** The text of a file without its comments. */
export function codeOf(file: string): string {
  const source = parse(file);
  return ts.createPrinter({ removeComments: true }).printFile(source);
}

/** How many lines of a file hold more than a comment. */
export function codeLinesOf(file: string): number {
  const source = parse(file);
  const lines = new Set<number>();
  const visit = (node: ts.Node) => {
    if (node.kind === ts.SyntaxKind.JSDoc) return;
    if (node.getChildCount(source) === 0 && node.getWidth(source) > 0) {
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      for (let line = source.getLineAndCharacterOfPosition(node.getStart(source)).line; line <= last; line++)
        lines.add(line);
    }
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return lines.size;
}

/** The top level of a file. */
export function statementsOf(file: string): readonly ts.Statement[] {
  return [...parse(file).statements];
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}
