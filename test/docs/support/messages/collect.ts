import { Flow } from "./flow.ts";
import type { Message } from "./message.ts";
import { messagesInScript } from "./scripts.ts";
import { sinksOf } from "./sinks.ts";
import { Source, sourceFiles } from "./source.ts";

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
