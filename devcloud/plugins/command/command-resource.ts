import { randomBytes } from "node:crypto";
import { checkFields, type ObjectType } from "../server/fields.ts";
import { propertyDiffs } from "../server/property-diff.ts";
import { hasUnknown, type PropertyMap, reveal, unknown } from "../server/property-values.ts";
import type { CheckResult, DiffRequest, Operation, ResourceType, UpdateRequest } from "../server/provider.ts";
import { CommandOutput, type Logging } from "./command-output.ts";

/** Inputs of a command. */
export interface CommandInputs {
  create?: string;
  update?: string;
  delete?: string;
  stdin?: string;
  logging?: Logging;
  environment?: Record<string, string>;
  addPreviousOutputInEnv?: boolean;
}

/** Runs a command to its end and passes all output to `output`. Throws the reason when the command fails. */
export type Execute<Inputs extends CommandInputs> = (execution: Execution<Inputs>) => Promise<void>;

export interface Execution<Inputs extends CommandInputs> {
  command: string;
  inputs: Inputs;
  /** Environment of the inputs, with the output of the previous command. */
  environment: Record<string, string>;
  output: CommandOutput;
  operation: Operation;
}

/** Resource whose life cycle is three commands. Local and remote ones differ only in how they execute a command. */
export class CommandResource<Inputs extends CommandInputs> implements ResourceType {
  readonly #fields: ObjectType;
  readonly #execute: Execute<Inputs>;

  constructor(fields: ObjectType, execute: Execute<Inputs>) {
    this.#fields = fields;
    this.#execute = execute;
  }

  check({ news }: { news: PropertyMap }): CheckResult {
    return checkFields(this.#fields, news);
  }

  diff({ oldInputs, inputs }: DiffRequest) {
    return { changes: propertyDiffs(oldInputs, inputs, (path) => path.startsWith("triggers")) };
  }

  async create(operation: Operation, inputs: PropertyMap) {
    if (operation.preview) return { id: "", outputs: { ...inputs, stdout: unknown, stderr: unknown } };
    const printed = await this.#run("create", operation, inputs, {});
    return { id: uniqueId(operation.name), outputs: { ...inputs, ...printed } };
  }

  async update(operation: Operation, { state, oldInputs, inputs }: UpdateRequest) {
    if (operation.preview) {
      const changes = hasUnknown(inputs) || propertyDiffs(oldInputs, inputs, () => false).length > 0;
      return { ...inputs, ...(changes ? { stdout: unknown, stderr: unknown } : printedBefore(state)) };
    }
    const printed = await this.#run(inputs.update === undefined ? "create" : "update", operation, inputs, state);
    return { ...inputs, ...printed };
  }

  async delete(operation: Operation, { state }: { state: PropertyMap }) {
    await this.#run("delete", operation, state, state);
  }

  async #run(
    step: "create" | "update" | "delete",
    operation: Operation,
    properties: PropertyMap,
    state: PropertyMap,
  ): Promise<PropertyMap> {
    const inputs = reveal(properties) as unknown as Inputs;
    const before = printedBefore(state);
    const command = inputs[step];
    if (command === undefined) return before;
    const output = new CommandOutput(inputs.logging ?? "stdoutAndStderr", operation.status);
    const environment = { ...inputs.environment, ...(inputs.addPreviousOutputInEnv === false ? {} : previousOutput(before)) };
    try {
      await this.#execute({ command, inputs, environment, output, operation });
    } catch (error) {
      throw output.failure(error, command);
    }
    return output.result();
  }
}

function printedBefore(state: PropertyMap): PropertyMap {
  return { stdout: state.stdout ?? "", stderr: state.stderr ?? "" };
}

function previousOutput(printed: PropertyMap): Record<string, string> {
  const { stdout, stderr } = reveal(printed) as { stdout: string; stderr: string };
  return { ...(stdout !== "" && { PULUMI_COMMAND_STDOUT: stdout }), ...(stderr !== "" && { PULUMI_COMMAND_STDERR: stderr }) };
}

/** Makes an id in the official plugin's form: the prefix and eight hexadecimal digits. */
export function uniqueId(prefix: string): string {
  return `${prefix}${randomBytes(4).toString("hex")}`;
}
