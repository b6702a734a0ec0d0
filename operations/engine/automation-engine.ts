import { reasonOf } from "../../lib/reason.ts";
import { type EngineEvent, errorsIn } from "./events.ts";
import { whileReplacing } from "./replaced-urns.ts";
import { RUN_MINUTES, type RunScope, runError, type StackEngine } from "./stack-engine.ts";

interface RunOptions {
  target?: string[];
  replace?: string[];
  onEvent?: (event: EngineEvent) => void;
  signal?: AbortSignal;
}

/** Stack of the Automation API: what a run needs of it. */
export interface RunnableStack {
  preview(options?: RunOptions): Promise<unknown>;
  up(options?: RunOptions): Promise<unknown>;
}

/** Makes the engine of a stack of the Automation API, also of one with an inline program. */
export function automationEngine(stack: RunnableStack): StackEngine {
  const run = async (command: "preview" | "up", { target, replace }: RunScope, onEvent: (event: EngineEvent) => void) => {
    const events: EngineEvent[] = [];
    const listen = (event: EngineEvent) => {
      events.push(event);
      onEvent(event);
    };
    const signal = AbortSignal.timeout(RUN_MINUTES * 60_000);
    try {
      await whileReplacing(replace, () => stack[command]({ target: [...target], replace: [...replace], onEvent: listen, signal }));
    } catch (error) {
      throw runError(command, errorsIn(events), reasonOf(error));
    }
    return events;
  };
  return {
    preview: (scope) => run("preview", scope, () => {}),
    up: async (scope, onEvent) => void (await run("up", scope, onEvent)),
  };
}
