import ts from "typescript";
import { each, type Source } from "./source.ts";

/** Properties that hold a message or a part of one. */
const FIELDS = ["reason", "problem", "help", "message", "objection", "unknown", "remarks"];

/** Names of functions that return a part of a message. */
const REASONS = /^(reason|obstacle|objection|message)/;

/** Methods of zod whose last argument is a message. */
const ZOD = ["custom", "refine", "enum", "regex"];

/** Finds the expressions whose text users read: errors, problems of properties, and what is logged. */
export function sinksOf(source: Source): ts.Expression[] {
  const found: ts.Expression[] = [];
  for (const file of source.files) each(file, (node) => found.push(...sinksAt(node, source)));
  return found;
}

function sinksAt(node: ts.Node, source: Source): ts.Expression[] {
  if (ts.isPropertyAssignment(node) || ts.isBindingElement(node))
    return node.initializer && FIELDS.includes(node.name.getText()) ? [node.initializer] : [];
  if (ts.isShorthandPropertyAssignment(node)) return FIELDS.includes(node.name.text) ? [node.name] : [];
  if (ts.isReturnStatement(node) && node.expression && REASONS.test(nameOfFunction(node))) return [node.expression];
  if (ts.isNewExpression(node)) return isError(node.expression, source) ? firstOf(node) : [];
  return ts.isCallExpression(node) ? ofCall(node) : [];
}

function ofCall(node: ts.CallExpression): ts.Expression[] {
  const { expression: callee, arguments: args } = node;
  if (callee.kind === ts.SyntaxKind.SuperKeyword) return extendsError(node) ? firstOf(node) : [];
  if (callee.getText() === "say") return firstOf(node);
  if (!ts.isPropertyAccessExpression(callee)) return [];
  const [name, owner] = [callee.name.text, callee.expression.getText()];
  if (/(^|\.)log$/.test(owner) || owner === "console") return firstOf(node);
  // Problems.add: a property, and what is wrong with it.
  if (name === "add" && args.length === 2) return [args[1]!];
  return ZOD.includes(name) ? args.slice(1) : [];
}

function firstOf({ arguments: args = ts.factory.createNodeArray() }: ts.CallExpression | ts.NewExpression): ts.Expression[] {
  return args.slice(0, 1);
}

function nameOfFunction(node: ts.Node): string {
  const owner = ts.findAncestor(node, ts.isFunctionLike);
  return owner?.name?.getText() ?? "";
}

/** Returns whether a class is one of errors that has no constructor of its own: what that gives to `super` is read there. */
function isError(name: ts.Expression, source: Source): boolean {
  if (/^(\w+\.)?\w*Error$/.test(name.getText()) && source.declarationsOf(name).length === 0) return true;
  return source.declarationsOf(name).some((declaration) => {
    if (!ts.isClassDeclaration(declaration) || declaration.members.some(ts.isConstructorDeclaration)) return false;
    return parentsOf(declaration).some((parent) => isError(parent, source) || source.functionsOf(parent).length > 0);
  });
}

function extendsError(node: ts.Node): boolean {
  const owner = ts.findAncestor(node, ts.isClassDeclaration);
  return owner !== undefined && parentsOf(owner).some((parent) => /Error$/.test(parent.getText()));
}

function parentsOf(declaration: ts.ClassDeclaration): ts.Expression[] {
  return (declaration.heritageClauses ?? [])
    .filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
    .flatMap(({ types }) => types.map(({ expression }) => expression));
}
