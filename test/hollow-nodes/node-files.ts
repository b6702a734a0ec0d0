import type { NodeFile } from "../../lib/node/files.ts";
import type { MachineFacts } from "../../lib/node/script-facts.ts";

/** Reads the files of a script's input as a machine would write them, with its facts in place of the placeholders. */
export function readNodeFiles(encoded: string, { NODE_NAME, NODE_ADDRESS, INSTANCE_ID }: MachineFacts): NodeFile[] {
  const lines = encoded.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [mode = "", path = "", content = ""] = line.split(" ");
    const text = Buffer.from(content, "base64").toString();
    return {
      mode,
      path,
      content: text
        .replaceAll("@NODE_NAME@", NODE_NAME)
        .replaceAll("@NODE_ADDRESS@", NODE_ADDRESS)
        .replaceAll("@INSTANCE_ID@", INSTANCE_ID),
    };
  });
}

/** Returns the content of one of these files. */
export function contentOf(files: readonly NodeFile[], path: string): string {
  const file = files.find((each) => each.path === path);
  if (!file) throw new Error(`the input has no file ${path}, only ${files.map((each) => each.path).join(", ")}`);
  return file.content;
}
