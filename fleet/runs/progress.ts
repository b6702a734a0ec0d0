import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** Operations of the engine that change nothing. */
const IDLE = ["same", "read", "refresh", "discard", "read-discard", "remove-pending-replace"];

/** Longest error that is kept, in characters. */
const LONGEST = 1000;

/** Progress of a run, by the engine's events. */
export class Progress {
  steps = 0;
  resource: string | undefined;
  readonly #errors: string[] = [];

  take(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, diagnosticEvent } = event;
    if (resourcePreEvent && isStep(resourcePreEvent.metadata)) this.resource = resourcePreEvent.metadata.urn.split("::").slice(2).join(" ");
    if (resOutputsEvent && isStep(resOutputsEvent.metadata)) this.steps += 1;
    if (diagnosticEvent?.severity === "error")
      this.#errors.push(withoutFrame(diagnosticEvent.message.replaceAll(/<\{%[^%]*%\}>/g, "").trim()));
  }

  /** Returns the first error that the engine has told, or else the last lines of what was thrown. */
  errorOf(thrown: unknown): string {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    return (this.#errors.find((error) => error !== "") ?? said.trim().split("\n").slice(-5).join("\n")).slice(0, LONGEST);
  }
}

/** Removes what Pulumi writes around the error that a program has thrown: its first line is shown in lists. */
function withoutFrame(message: string): string {
  return message
    .replace(/^(Running program .* failed with an unhandled exception|Unhandled exception):\s*(Error: )?/, "")
    .replaceAll(/\n\s+at .*/g, "");
}

function isStep({ op, type }: { op: string; type: string }): boolean {
  return !IDLE.includes(op) && type !== "pulumi:pulumi:Stack";
}
