import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { repositoryDir } from "../page.ts";

/** Folders whose code runs at users'. */
const FOLDERS = ["lib", "clients", "operations", "commands", "components", "stacks"];

export type Callable = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration | ts.ConstructorDeclaration;

type Call = ts.CallExpression | ts.NewExpression;

/** Returns the library's files with one of some endings, as paths in the repository. */
export function sourceFiles(endings: RegExp): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(repositoryDir, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => endings.test(file))
      .map((file) => join(folder, file)),
  ).sort();
}

/** The library's TypeScript and JavaScript, parsed and bound. Packages are left out, which takes seconds. */
export class Source {
  readonly files: readonly ts.SourceFile[];
  readonly #checker: ts.TypeChecker;
  readonly #calls = new Map<Callable, Call[]>();

  constructor(paths: readonly string[] = sourceFiles(/\.(ts|m?js)$/).map((file) => join(repositoryDir, file))) {
    const options: ts.CompilerOptions = { allowJs: true, noLib: true, types: [], module: ts.ModuleKind.NodeNext, noEmit: true };
    const host = ts.createCompilerHost(options);
    host.resolveModuleNameLiterals = (names, from) => names.map(({ text }) => ({ resolvedModule: ownModule(text, from) }));
    const program = ts.createProgram([...paths], options, host);
    this.files = program.getSourceFiles();
    this.#checker = program.getTypeChecker();
    for (const file of this.files) each(file, (node) => this.#noteCall(node));
  }

  /** Returns the declarations of a name or property. */
  declarationsOf(node: ts.Node): readonly ts.Declaration[] {
    let symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.#checker.getSymbolAtLocation(node);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.#checker.getAliasedSymbol(symbol);
    return symbol?.declarations ?? [];
  }

  /** Returns the functions that a call may run, as far as they are the library's. */
  functionsOf(callee: ts.Expression): Callable[] {
    const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
    return this.declarationsOf(name).flatMap(functionIn);
  }

  /** Returns the calls of a function. */
  callsOf(callable: Callable): readonly Call[] {
    return this.#calls.get(callable) ?? [];
  }

  #noteCall(node: ts.Node): void {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    for (const target of this.functionsOf(node.expression)) this.#calls.set(target, [...this.callsOf(target), node]);
  }
}

/** Calls a function for a node and all that is in it. */
export function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}

/** Returns the place of a node, for users of the check. */
export function placeOf(node: ts.Node): { file: string; line: number } {
  const source = node.getSourceFile();
  return { file: relative(repositoryDir, source.fileName), line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 };
}

function ownModule(name: string, from: string): ts.ResolvedModuleFull | undefined {
  const file = resolve(dirname(from), name);
  return name.startsWith(".") && existsSync(file) ? { resolvedFileName: file, extension: file.slice(file.lastIndexOf(".")) } : undefined;
}

function functionIn(declaration: ts.Declaration): Callable[] {
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration)) return [declaration];
  if (ts.isClassDeclaration(declaration)) return declaration.members.filter(ts.isConstructorDeclaration);
  const { initializer } = declaration as { initializer?: ts.Expression };
  return initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)) ? [initializer] : [];
}
