import { join } from "node:path";
import ts from "typescript";
import { type Block, blocksOf, type Page, repositoryDir } from "./page.ts";

/** Errors of the compiler in the TypeScript blocks of pages, with the library's own types as `caravan`. A fragment is checked within what surrounds it. */
export function programProblems(pages: readonly Page[]): string[] {
  const blocks = new Map(pages.flatMap(filesOf));
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => blocks.has(file) || fileExists(file);
  host.readFile = (file) => blocks.get(file)?.text ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const block = blocks.get(file);
    return block ? ts.createSourceFile(file, block.text, version) : getSourceFile.call(host, file, version, ...rest);
  };
  const program = ts.createProgram([...blocks.keys()], options, host);
  const diagnostics = [...blocks.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  return diagnostics.map(({ file, start = 0, messageText }) => {
    const { page, firstLine } = blocks.get(file!.fileName)!;
    const line = firstLine + file!.getLineAndCharacterOfPosition(start).line;
    return `${page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

interface SourceBlock {
  text: string;
  page: string;
  /** Line of the page that the text's first line would be. */
  firstLine: number;
}

/** Files that are not on the disk, in a folder from which the project's packages are found. */
function filesOf(page: Page): [string, SourceBlock][] {
  const isProgram = ({ language }: Block) => language === "ts";
  return blocksOf(page)
    .filter(isProgram)
    .map(({ text, around, line }) => {
      // Each is a module of its own, whatever it declares.
      const before = `export {};\n${around === "" ? "" : `${around}\n`}`;
      const file = join(repositoryDir, "docs", `${page.path.replaceAll(/\W/g, "-")}-${line}.ts`);
      return [file, { text: before + text, page: page.path, firstLine: line - before.split("\n").length + 1 }];
    });
}

function compilerOptions(): ts.CompilerOptions {
  const file = join(repositoryDir, "tsconfig.json");
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  return ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, repositoryDir).options;
}
