import type { ScriptFacts, ScriptInputs, ScriptName } from "../../../lib/node/script-inputs.ts";
import type { HollowCluster } from "../hollow-cluster.ts";
import type { Host } from "../ssh/host.ts";

/** What the shell assignments before a script say. */
export type Input<Name extends ScriptName> = ScriptInputs[Name] & ScriptFacts[Name];

/** A script that is to be answered for a machine. */
export interface Call<Name extends ScriptName> {
  host: Host;
  input: Input<Name>;
  cluster: HollowCluster;
  /** Prints a line as the scripts do, with the node's name. */
  log: (line: string) => void;
  /** Prints a line for whoever asked. */
  answer: (line: string) => void;
}

/** Does what a script would do; what it throws is the reason why the script fails. */
export type Answer<Name extends ScriptName> = (call: Call<Name>) => Promise<void>;
