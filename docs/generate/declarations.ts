import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const repository = join(import.meta.dirname, "..", "..");

/** A property of an interface, as its declaration describes it. */
export interface Property {
  name: string;
  /** Type as it is written. */
  type: string;
  isOptional: boolean;
  description: string;
  /** Text of the tag @default. */
  defaultText?: string;
}

/** An interface or a type alias of the argument model. */
export interface Declaration {
  name: string;
  description: string;
  /** Properties of an interface, inherited ones first; none of an alias. */
  properties: Property[];
  /** Type that an alias stands for. */
  alias?: string;
}

/** Types of the argument model by name, from the files in lib/ that declare settings. */
export function readDeclarations(): Map<string, Declaration> {
  const statements = globSync("lib/*/{settings,machine-settings}.ts", { cwd: repository })
    .sort()
    .flatMap((file) => [
      ...ts.createSourceFile(file, readFileSync(join(repository, file), "utf8"), ts.ScriptTarget.Latest, true).statements,
    ]);
  const interfaces = new Map(statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]));
  const aliases = statements.filter(ts.isTypeAliasDeclaration);
  return new Map([
    ...[...interfaces.values()].map((node) => [node.name.text, interfaceOf(node, interfaces)] as const),
    ...aliases.map((node) => [node.name.text, aliasOf(node)] as const),
  ]);
}

function interfaceOf(node: ts.InterfaceDeclaration, all: ReadonlyMap<string, ts.InterfaceDeclaration>): Declaration {
  return { name: node.name.text, description: describe(node).description, properties: propertiesOf(node, all) };
}

/** Properties of an interface; one that it declares again is its own. */
function propertiesOf(node: ts.InterfaceDeclaration, all: ReadonlyMap<string, ts.InterfaceDeclaration>): Property[] {
  const parents = (node.heritageClauses ?? []).flatMap(({ types }) => types);
  const inherited = parents.flatMap((parent) => {
    const isPartial = parent.expression.getText() === "Partial";
    const name = isPartial ? parent.typeArguments![0]!.getText() : parent.expression.getText();
    const properties = propertiesOf(all.get(name)!, all);
    return isPartial ? properties.map((property) => ({ ...property, isOptional: true })) : properties;
  });
  const own = node.members.filter(ts.isPropertySignature).map(propertyOf);
  return [...own, ...inherited.filter(({ name }) => !own.some((property) => property.name === name))];
}

function propertyOf(node: ts.PropertySignature): Property {
  return { name: node.name.getText(), type: node.type!.getText(), isOptional: node.questionToken !== undefined, ...describe(node) };
}

function aliasOf(node: ts.TypeAliasDeclaration): Declaration {
  return { name: node.name.text, description: describe(node).description, properties: [], alias: node.type.getText() };
}

function describe(node: ts.Node): { description: string; defaultText?: string } {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === "default");
  const description = oneLine(ts.getTextOfJSDocComment(comment?.comment));
  return tag ? { description, defaultText: oneLine(ts.getTextOfJSDocComment(tag.comment)) } : { description };
}

function oneLine(text = ""): string {
  return text.replace(/\s+/g, " ").trim();
}
