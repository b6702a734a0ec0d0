import type { EngineEvent } from "../../operations/engine/events.ts";
import type { ChangeableStack } from "../../operations/replacement/session.ts";
import { nameOf, resourcesOf, type StackState, type StateResource } from "../../operations/state/stack-state.ts";
import { resource, stateOf, urnOf } from "./stack-state.ts";

/** Adds the commands that depend on a pool's and a control plane's machines, as the engine has them in a state. */
export function withCommands(state: StackState): StackState {
  const all = [...resourcesOf(state)];
  const servers = (component: string) => all.filter(({ type, parent }) => type.endsWith(":Instance") && parent === component);
  const command = (name: string, parent: string, dependencies: readonly string[]): StateResource => {
    const made = resource("Command", name, { parent, propertyDependencies: { stdin: dependencies } });
    all.push(made);
    return made;
  };
  const plane = urnOf("ControlPlane", "demo-control-plane");
  const pool = urnOf("NodePool", "demo-web");
  const planes = servers(plane).map(({ urn }) => urn);
  const started = command("demo-control-plane-contact", plane, planes);
  const members = command("demo-control-plane-members", plane, [...planes, started.urn]);
  const workers = servers(pool).map(({ urn }) => urn);
  const contact = command("demo-web-contact-0", pool, workers);
  command("demo-web-join-0", pool, [...workers, contact.urn, ...planes, members.urn]);
  return stateOf([...all, resource("Command", "users-own", { dependencies: [contact.urn] })]);
}

/** Stack of the Automation API whose engine does as the real one, without a program and a cloud. */
export class FakeStack {
  /** Runs so far: "preview of web-0", with the names of what they replace and of what else they may change. */
  readonly runs: string[] = [];
  /** Names of resources that the program changes anyway. */
  pending: string[] = [];
  /** Names of resources that change with a replacement, whatever the targets. */
  surprises: string[] = [];
  /** Errors with which the next runs fail, by command. */
  readonly failures = new Map<"preview" | "up", string[]>();
  readonly #state: StackState;

  constructor(state: StackState) {
    this.#state = state;
  }

  readonly exportStack = async (): Promise<unknown> => this.#state;
  readonly getAllConfig = async () => ({});

  readonly preview = (options: RunOptions = {}) => this.#run("preview", options);
  readonly up = (options: RunOptions = {}) => this.#run("up", options);

  async #run(command: "preview" | "up", { target = [], replace = [], onEvent = () => {} }: RunOptions): Promise<void> {
    this.runs.push(`${command}: replace ${replace.map(nameOf).join(", ") || "nothing"}; target ${target.map(nameOf).join(", ")}`);
    const failure = this.failures.get(command)?.shift();
    if (failure !== undefined) {
      onEvent({ diagnosticEvent: { severity: "error", message: `<{%reset%}>${failure}<{%reset%}>\n` } });
      throw new Error(`code: 255\n${failure}`);
    }
    for (const { urn, id, type } of resourcesOf(this.#state)) {
      const isReplaced = target.includes(urn) && replace.length > 0 && !type.startsWith("command:");
      const isRun = target.includes(urn) && replace.length > 0 && type.startsWith("command:");
      const isPending =
        (target.includes(urn) && this.pending.includes(nameOf(urn))) || (replace.length > 0 && this.surprises.includes(nameOf(urn)));
      const ops = isReplaced ? ["create-replacement", "replace", "delete-replaced"] : isRun || isPending ? ["update"] : ["same"];
      for (const op of ops) {
        const metadata = { op, urn, ...(id ? { old: { id } } : {}) };
        onEvent({ resourcePreEvent: { metadata } });
        onEvent({ resOutputsEvent: { metadata } });
      }
    }
  }
}

interface RunOptions {
  target?: string[];
  replace?: string[];
  onEvent?: (event: EngineEvent) => void;
}

/** The Automation API's own class takes the place of the interface. */
export const asChangeable = (stack: FakeStack): ChangeableStack => stack;
