import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { setTimeout } from "node:timers/promises";
import { type EngineEvent, errorsIn } from "./events.ts";
import { runPulumi } from "./pulumi-command.ts";
import { replacedVariable } from "./replaced-urns.ts";
import { RUN_MINUTES, type RunScope, runError, type StackEngine } from "./stack-engine.ts";

/** Milliseconds between two looks at the file of events. */
const LOOK_MILLISECONDS = 300;

/** Longest end of the command's output that is kept, in characters. */
const KEPT = 20_000;

/**
 * Makes the engine of a stack by Pulumi's command, as the Automation API does: events come through a file.
 * @param workDir folder of the stack's project. @default the current one
 */
export function commandEngine(stack: string, workDir?: string): StackEngine {
  const run = (command: string, options: readonly string[], scope: RunScope, onEvent: (event: EngineEvent) => void) =>
    runCommand(
      command,
      [...options, ...optionsOf(scope), "--stack", stack],
      { workDir, variables: replacedVariable(scope.replace) },
      onEvent,
    );
  return {
    preview: (scope) => run("preview", [], scope, () => {}),
    up: async (scope, onEvent) => void (await run("up", ["--yes", "--skip-preview"], scope, onEvent)),
  };
}

function optionsOf({ target, replace }: RunScope): string[] {
  return [...target.flatMap((urn) => ["--target", urn]), ...replace.flatMap((urn) => ["--replace", urn])];
}

async function runCommand(
  command: string,
  options: readonly string[],
  { workDir, variables }: { workDir: string | undefined; variables: Record<string, string> },
  onEvent: (event: EngineEvent) => void,
): Promise<EngineEvent[]> {
  const folder = await mkdtemp(join(tmpdir(), "caravan-run-"));
  const events: EngineEvent[] = [];
  const end = new AbortController();
  const log = join(folder, "events");
  try {
    const following = follow(log, end.signal, (event) => {
      events.push(event);
      onEvent(event);
    });
    let said = "";
    const code = await runPulumi([command, ...options, "--non-interactive", "--color", "never", "--event-log", log], {
      workDir,
      minutes: RUN_MINUTES,
      // The option for events is there for tools only.
      variables: { ...variables, PULUMI_DEBUG_COMMANDS: "true" },
      onOutput: (text) => {
        said = (said + text).slice(-KEPT);
      },
    });
    end.abort();
    await following;
    if (code !== 0) throw runError(command, errorsIn(events), said);
    return events;
  } finally {
    end.abort();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads events from a file that grows, until the signal and then to the file's end. */
async function follow(path: string, signal: AbortSignal, onEvent: (event: EngineEvent) => void): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let offset = 0;
  for (let isLast = false; ; isLast = signal.aborted) {
    const bytes = await readFrom(path, offset);
    offset += bytes.length;
    const lines = (rest + decoder.write(bytes)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line !== "") onEvent(JSON.parse(line) as EngineEvent);
    if (isLast) return;
    await setTimeout(LOOK_MILLISECONDS, undefined, { signal }).catch(() => {});
  }
}

/** Returns the bytes of a file from an offset on; none while there is no file. */
async function readFrom(path: string, offset: number): Promise<Buffer> {
  const file = await open(path).catch(() => undefined);
  if (!file) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
