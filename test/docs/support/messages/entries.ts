import { type Page, proseOf } from "../page.ts";

/** Row of a table of messages: what the user reads, its cause and its cure. */
export interface Entry {
  message: string;
  page: string;
  line: number;
  /** Said by OpenStack, Kubernetes or Pulumi, so that it is not in the source. */
  isOthers: boolean;
  isComplete: boolean;
}

const HEADS = { "| message | cause | cure |": false, "| message of others | cause | cure |": true };

/** Reads the entries of a page: rows of the tables whose head is "message | cause | cure". A first cell may have several messages. */
export function entriesOf(page: Page): Entry[] {
  let isOthers: boolean | undefined;
  return proseOf(page)
    .split("\n")
    .flatMap((text, index) => {
      if (!text.startsWith("|")) isOthers = undefined;
      if (text in HEADS) isOthers = HEADS[text as keyof typeof HEADS];
      if (isOthers === undefined || text in HEADS || text.startsWith("|---")) return [];
      return entriesIn(text).map((entry) => ({ ...entry, page: page.path, line: index + 1, isOthers: isOthers! }));
    });
}

function entriesIn(row: string): Pick<Entry, "message" | "isComplete">[] {
  const [, first = "", cause = "", cure = ""] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
  const messages = [...first.matchAll(/(`+) ?(.+?) ?\1(?!`)/g)].map(([, , message = ""]) => message.replaceAll("\\|", "|"));
  return (messages.length > 0 ? messages : [first]).map((message) => ({ message, isComplete: cause !== "" && cure !== "" }));
}
