import type { EngineEvent } from "../../operations/engine/events.ts";
import type { StackState } from "../../operations/state/stack-state.ts";
import { urnOf } from "./stack-state.ts";

/** Names of the machines' resources that each run replaces. */
export type Steps = string[][];

/** Returns the event of a pool's component, with its plan. */
export function rolloutEvent(steps: Steps, component = "demo-web"): EngineEvent {
  const rollout = { pool: component.replace(/^demo-/, ""), steps };
  return { resOutputsEvent: { metadata: { op: "same", urn: urnOf("NodePool", component), new: { outputs: { rollout } } } } };
}

/** Stack of the Automation API with a pool, whose runs replace its machines step by step. */
export class RollingStack {
  /** Runs so far. */
  readonly runs: string[] = [];
  /** Steps that are left. */
  steps: Steps;
  /** Errors with which the next runs fail; `undefined` for one that does not. */
  failures: (string | undefined)[] = [];
  /** Called when a run begins. */
  onUp: () => void = () => {};
  readonly #state: StackState;

  constructor(state: StackState, steps: Steps) {
    this.#state = state;
    this.steps = steps;
  }

  readonly exportStack = async (): Promise<unknown> => this.#state;
  readonly getAllConfig = async () => ({});

  readonly preview = async ({ onEvent }: RunOptions = {}) => {
    this.runs.push("preview");
    onEvent?.(rolloutEvent(this.steps));
  };

  readonly up = async ({ onEvent }: RunOptions = {}) => {
    this.runs.push(`up ${this.steps[0]?.join() ?? ""}`.trim());
    this.onUp();
    const failure = this.failures.shift();
    if (failure !== undefined) {
      onEvent?.({ diagnosticEvent: { severity: "error", message: failure } });
      throw new Error(failure);
    }
    onEvent?.(rolloutEvent(this.steps));
    this.steps = this.steps.slice(1);
  };
}

interface RunOptions {
  onEvent?: (event: EngineEvent) => void;
}
