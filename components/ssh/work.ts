import type * as pulumi from "@pulumi/pulumi";
import type { ScriptInputs, ScriptName } from "../../lib/node/script-inputs.ts";

/** A script with its input: each has variables of its own, none of which may be missing. */
export type ScriptCall<Name extends ScriptName = ScriptName> = {
  [Each in Name]: { script: Each; input: pulumi.Input<ScriptInputs[Each]> };
}[Name];

/** A script with its input, and the seconds after which it is ended. */
export type Work<Name extends ScriptName = ScriptName> = ScriptCall<Name> & { deadline: number };
