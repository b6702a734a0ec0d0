import ts from "typescript";
import { isWordy, type Message, VALUE } from "./message.ts";
import { type Callable, each, placeOf, type Source } from "./source.ts";

/** Calls that give back what they are called on, or what their function returns, and not their other arguments. */
const TRANSFORMING = ["map", "flatMap", "then", "catch", "join", "filter", "slice", "replace", "replaceAll", "trim", "toLowerCase"];

/** Begins the cure in a message. A part of a message with a cure of its own needs an entry of its own. */
const CURE = "; ";

/** Collects the texts that reach what users read: the expression's own, and those of variables, functions and arguments that it is made of. */
export class Flow {
  readonly messages: Message[] = [];
  readonly #source: Source;
  /** Expressions that were followed, each with whether it was a whole message. */
  readonly #seen = new Map<ts.Node, boolean>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** Follows an expression that users read. */
  follow(expression: ts.Expression): void {
    this.#visit(expression, true);
  }

  #visit(node: ts.Node | undefined, isWhole = false): void {
    if (!node || this.#seen.get(node) === true || this.#seen.get(node) === isWhole) return;
    this.#seen.set(node, isWhole);
    if (isText(node)) this.#add(node, isWhole);
    else if (ts.isConditionalExpression(node)) this.#visitAll([node.whenTrue, node.whenFalse], isWhole);
    else if (ts.isBinaryExpression(node)) this.#visitBinary(node, isWhole);
    else if (ts.isCallExpression(node)) this.#visitCall(node, isWhole);
    else if (ts.isPropertyAccessExpression(node)) this.#visitProperty(node);
    else if (ts.isElementAccessExpression(node)) this.#visitAllOf(node.expression);
    else if (ts.isIdentifier(node)) this.#visitName(node, isWhole);
    else if (ts.isArrayLiteralExpression(node)) this.#visitAll(node.elements, isWhole);
    else if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) this.#visitResults(node, isWhole);
    else if ("expression" in node && !ts.isNewExpression(node)) this.#visit(node.expression as ts.Node, isWhole);
  }

  #visitAll(nodes: Iterable<ts.Node>, isWhole = false): void {
    for (const node of nodes) this.#visit(node, isWhole);
  }

  #add(node: ts.Node, isWhole: boolean): void {
    const text = this.#textOf(node);
    if (isWhole ? !/[a-z]{3}/i.test(text) : !isWordy(text)) return;
    this.messages.push({ text, ...placeOf(node), isOptional: !isWhole && !text.includes(CURE) });
  }

  /** Returns a text with its values as "…". Follows the values: they may be sentences, too. */
  #textOf(node: ts.Node): string {
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isTemplateExpression(node))
      return node.head.text + node.templateSpans.map(({ expression, literal }) => this.#valueOf(expression) + literal.text).join("");
    if (ts.isBinaryExpression(node)) return this.#valueOf(node.left) + this.#valueOf(node.right);
    return this.#valueOf(node);
  }

  #valueOf(node: ts.Node): string {
    if (isText(node)) {
      this.#seen.set(node, true);
      return this.#textOf(node);
    }
    if (ts.isParenthesizedExpression(node)) return this.#valueOf(node.expression);
    this.#visit(node);
    return VALUE;
  }

  #visitBinary({ left, right, operatorToken: { kind } }: ts.BinaryExpression, isWhole: boolean): void {
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) this.#visit(right, isWhole);
    if (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken) this.#visitAll([left, right], isWhole);
  }

  #visitCall({ expression: callee, arguments: args }: ts.CallExpression, isWhole: boolean): void {
    const functions = this.#source.functionsOf(callee);
    for (const target of functions) this.#visitResults(target, isWhole);
    if (functions.length > 0 || !ts.isPropertyAccessExpression(callee) || !TRANSFORMING.includes(callee.name.text)) return;
    this.#visit(callee.expression, isWhole);
    if (callee.name.text.startsWith("replace")) this.#visit(args[1]);
    for (const argument of args) if (ts.isArrowFunction(argument) || ts.isIdentifier(argument)) this.#visitFunction(argument, isWhole);
  }

  #visitFunction(node: ts.ArrowFunction | ts.Identifier, isWhole: boolean): void {
    for (const target of ts.isIdentifier(node) ? this.#source.functionsOf(node) : [node]) this.#visitResults(target, isWhole);
  }

  #visitResults(callable: Callable, isWhole: boolean): void {
    const { body } = callable;
    if (body && !ts.isBlock(body)) this.#visit(body, isWhole);
    else if (body) this.#visitReturned(callable, body, isWhole);
  }

  #visitReturned(callable: Callable, body: ts.Block, isWhole: boolean): void {
    each(body, (node) => {
      if (ts.isReturnStatement(node) && ts.findAncestor(node, ts.isFunctionLike) === callable) this.#visit(node.expression, isWhole);
    });
  }

  #visitProperty({ expression, name }: ts.PropertyAccessExpression): void {
    for (const declaration of this.#source.declarationsOf(name)) this.#visitDeclaration(declaration, false);
    // A constant table whose row is chosen by a value.
    if (ts.isElementAccessExpression(expression)) this.#visitAllOf(expression.expression);
  }

  #visitName(node: ts.Identifier, isWhole: boolean): void {
    for (const declaration of this.#source.declarationsOf(node)) this.#visitDeclaration(declaration, isWhole);
  }

  #visitDeclaration(declaration: ts.Declaration, isWhole: boolean): void {
    if (ts.isParameter(declaration)) this.#visitArguments(declaration, isWhole);
    if (ts.isVariableDeclaration(declaration) || ts.isParameter(declaration) || ts.isPropertyAssignment(declaration)) {
      this.#visit(declaration.initializer, isWhole);
    }
    if (ts.isBindingElement(declaration)) this.#visit(declaration.initializer, isWhole);
    const loop = declaration.parent?.parent;
    if (loop && ts.isForOfStatement(loop)) this.#visit(loop.expression, isWhole);
  }

  /** Follows what callers give for a parameter. */
  #visitArguments(parameter: ts.ParameterDeclaration, isWhole: boolean): void {
    const callable = parameter.parent as Callable;
    const place = callable.parameters.indexOf(parameter);
    for (const call of this.#source.callsOf(callable)) this.#visit(call.arguments?.[place], isWhole);
  }

  /** Follows all values of a constant table. */
  #visitAllOf(table: ts.Expression): void {
    for (const declaration of this.#source.declarationsOf(table)) each(declaration, (node) => isText(node) && this.#visit(node));
  }
}

/** Returns whether an expression is a text: a literal, a template, or a sum with one. */
function isText(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) return isText(node.left) || isText(node.right);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}
