import type * as pulumi from "@pulumi/pulumi";
import type { ScriptInputs, ScriptName } from "../../lib/node/script-inputs.ts";

/** Script with its input. Each script has its own variables, and none may be missing. */
export type ScriptCall<Name extends ScriptName = ScriptName> = {
  [Each in Name]: { script: Each; input: pulumi.Input<ScriptInputs[Each]> };
}[Name];

/** Script with its input and its timeout in seconds. */
export type Work<Name extends ScriptName = ScriptName> = ScriptCall<Name> & { deadline: number };
