import { StringDecoder } from "node:string_decoder";
import type { PropertyMap } from "../server/property-values.ts";

export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";
export type StreamName = "stdout" | "stderr";

/** Collects the output of a command, and shows the lines of the streams that may be logged. */
export class CommandOutput {
  readonly #logging: Logging;
  readonly #show: (line: string) => void;
  readonly #printed: { stream: StreamName; chunk: Buffer }[] = [];
  readonly #decoder = new StringDecoder();
  #unfinishedLine = "";

  constructor(logging: Logging, show: (line: string) => void) {
    this.#logging = logging;
    this.#show = show;
  }

  take(stream: StreamName, chunk: Buffer): void {
    this.#printed.push({ stream, chunk });
    if (this.#mayShow(stream)) this.#showLines(this.#decoder.write(chunk));
  }

  /** Returns the outputs of the resource: each stream without its final line break. */
  result(): PropertyMap {
    this.#finishLine();
    return { stdout: this.#text("stdout"), stderr: this.#text("stderr") };
  }

  /** Makes the error of a failed command, with as much of its output as may be logged. */
  failure(error: unknown, command: string): Error {
    this.#finishLine();
    const reason = error instanceof Error ? error.message : String(error);
    return new Error(`${reason}: running ${JSON.stringify(command)}:\n${this.#shown()}`);
  }

  #showLines(text: string): void {
    const lines = (this.#unfinishedLine + text).split("\n");
    this.#unfinishedLine = lines.pop() ?? "";
    for (const line of lines) this.#show(line);
  }

  #finishLine(): void {
    if (this.#unfinishedLine !== "") this.#showLines("\n");
  }

  #shown(): string {
    if (this.#printed.length === 0) return "";
    if (this.#logging === "none") return '(its output is not shown because logging is "none")';
    return joined(this.#printed.filter(({ stream }) => this.#mayShow(stream)));
  }

  #mayShow(stream: StreamName): boolean {
    return this.#logging === "stdoutAndStderr" || this.#logging === stream;
  }

  #text(name: StreamName): string {
    return joined(this.#printed.filter(({ stream }) => stream === name)).replace(/\n$/, "");
  }
}

function joined(printed: { chunk: Buffer }[]): string {
  return Buffer.concat(printed.map(({ chunk }) => chunk)).toString();
}
