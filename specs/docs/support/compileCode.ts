import ts from 'typescript';
import { doors } from '../../../docs/site/generate/doors.ts';

/** Code that is compiled as a module of its own, in a world where all of rxfan, RxJS and vitest can be imported. */
export interface Code {
  readonly where: string;
  readonly code: string;
  /** Declarations that stand before it. */
  readonly given: string;
  /** What a name that nobody declares stands for: nothing, or whatever the reader has. */
  readonly undeclared: 'error' | 'any';
}

const FOLDER = `${process.cwd()}/docs/.code`;
const UNKNOWN_NAME = [2304, 2503, 2552, 2582, 2583, 2593, 18004];
const PACKAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(doors).map(([door, file]) => [door, `${process.cwd()}/${file}`])),
  rxjs: 'rxjs',
  vitest: 'vitest',
};

/**
 * Compiles code with the settings of the project, and says what is wrong: `docs/paging.md:12: message`. Names that a door, RxJS or
 * vitest exports are imported where the code does not do so itself.
 */
export function compileCode(all: readonly Code[]): readonly string[] {
  const first = compile(all.map(({ given, code }) => `${given}\n${code}\nexport {};`));
  const exported = exportsOf(first.program);
  const missing = all.map((_, i) => new Set(first.problems(i).filter(isUnknownName).map(nameOf)));
  const prefaces = missing.map((names, i) =>
    [...names].map((name) => preface(name, exported, all[i]!.undeclared)).join('\n'),
  );
  const second = compile(
    all.map(({ given, code }, i) => `${prefaces[i]!}\n${given}\n${code}\nexport {};`),
    first.program,
  );
  return all.flatMap(({ where, undeclared }, i) =>
    second
      .problems(i)
      .filter((problem) => undeclared === 'error' || !isOfNoType(problem))
      .map(({ messageText }) => `${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  );
}

function preface(name: string, exported: ReadonlyMap<string, Exported>, undeclared: Code['undeclared']): string {
  const found = exported.get(name);
  if (found !== undefined) return `import { ${found.isType ? 'type ' : ''}${name} } from '${found.module}';`;
  if (undeclared === 'error') return '';
  return `declare const ${name}: ${name.endsWith('$') ? "import('rxjs').Observable<any>" : 'any'}; type ${name} = any;`;
}

function compile(texts: readonly string[], old?: ts.Program) {
  const files = new Map(texts.map((text, i) => [`${FOLDER}/${i}.ts`, text]));
  files.set(
    `${FOLDER}/packages.ts`,
    Object.keys(PACKAGES)
      .map((name, i) => `import * as p${i} from '${name}';`)
      .join('\n'),
  );
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists.call(host, file);
  host.readFile = (file) => files.get(file) ?? readFile.call(host, file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = files.get(file);
    return text === undefined
      ? getSourceFile.call(host, file, target, ...rest)
      : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host, old);
  const problems = (i: number): readonly ts.Diagnostic[] => {
    const source = program.getSourceFile(`${FOLDER}/${i}.ts`)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  };
  return { program, problems };
}

const OPTIONS: ts.CompilerOptions = {
  ...ts.getParsedCommandLineOfConfigFile(
    'tsconfig.json',
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  )!.options,
  noEmit: true,
  skipLibCheck: true,
  paths: Object.fromEntries(
    Object.entries(PACKAGES)
      .filter(([, file]) => file.endsWith('.ts'))
      .map(([name, file]) => [name, [file]]),
  ),
};

/** Where a name can be imported from. */
interface Exported {
  readonly module: string;
  readonly isType: boolean;
}

/** Every name that can be imported; of two modules that have it, the first. */
function exportsOf(program: ts.Program): ReadonlyMap<string, Exported> {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(`${FOLDER}/packages.ts`)!;
  const exported = new Map<string, Exported>();
  for (const statement of source.statements.filter(ts.isImportDeclaration)) {
    const module = (statement.moduleSpecifier as ts.StringLiteral).text;
    const symbol = checker.getSymbolAtLocation(statement.moduleSpecifier);
    for (const each of symbol === undefined ? [] : checker.getExportsOfModule(symbol)) {
      if (!exported.has(each.name)) exported.set(each.name, { module, isType: isType(each, checker) });
    }
  }
  return exported;
}

function isType(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const own = (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  return (own.flags & ts.SymbolFlags.Value) === 0;
}

function isUnknownName({ code }: ts.Diagnostic): boolean {
  return UNKNOWN_NAME.includes(code);
}

/** What is handed to something of the reader's has the type that it says. */
function isOfNoType({ code }: ts.Diagnostic): boolean {
  return code === 7006 || code === 7031;
}

function nameOf({ messageText }: ts.Diagnostic): string {
  return /'([^']+)'/.exec(ts.flattenDiagnosticMessageText(messageText, ' '))![1]!;
}
