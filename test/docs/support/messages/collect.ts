import ts from "typescript";
import { Flow } from "./flow.ts";
import { type Message, VALUE } from "./message.ts";
import { messagesInScript } from "./scripts.ts";
import { sinksOf } from "./sinks.ts";
import { each, placeOf, Source, sourceFiles } from "./source.ts";

/** Collects every text that users of the library can meet: errors, warnings and progress, of the program and of the scripts on nodes. */
export function collectMessages(): Message[] {
  const scripts = sourceFiles(/\.(sh|py)$/).flatMap(messagesInScript);
  const all = [...messagesInCode(new Source()), ...scripts];
  const required = all.toSorted((a, b) => Number(b.isOptional) - Number(a.isOptional));
  return [...new Map(required.map((message) => [message.text, message])).values()];
}

/** Collects the messages of TypeScript and JavaScript. */
export function messagesInCode(source: Source): Message[] {
  const flow = new Flow(source);
  for (const expression of sinksOf(source)) flow.follow(expression);
  return flow.messages;
}

/** A cure: what errors say after the problem. */
const CURE = /[a-z)"'`]; [a-z`]+ [a-z`]+ /;

/** Finds texts with a cure that no message has: those that reach users in a way that the collector does not follow. */
export function unfollowed(source: Source, messages: readonly Message[]): string[] {
  const followed = messages.flatMap(({ text }) => text.split(VALUE)).join("\n");
  const found: string[] = [];
  for (const file of source.files)
    each(file, (node) => {
      const isLiteral = ts.isLiteralExpression(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
      const isMissing = isLiteral && CURE.test(node.text) && !followed.includes(node.text);
      if (isMissing) found.push(`${placeOf(node).file}:${placeOf(node).line}: ${node.text}`);
    });
  return found;
}
