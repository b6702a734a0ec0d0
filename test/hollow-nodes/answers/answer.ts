import type { ScriptFacts } from "../../../lib/node/script-facts.ts";
import type { ScriptInputs, ScriptName } from "../../../lib/node/script-inputs.ts";
import type { HollowCluster } from "../hollow-cluster.ts";
import type { Host } from "../ssh/host.ts";

/** Variables in the shell assignments before a script. */
export type Input<Name extends ScriptName> = ScriptInputs[Name] & ScriptFacts[Name];

/** Call of a script on a machine. */
export interface Call<Name extends ScriptName> {
  host: Host;
  input: Input<Name>;
  /** Assignments and script, as the machine's shell would run them. */
  text: string;
  cluster: HollowCluster;
  /** Prints a line in the form of the scripts, with the node's name. */
  log: (line: string) => void;
  /** Prints a line of the answer on standard output. */
  answer: (line: string) => void;
}

/** Does the work of a script. An error that it throws is the reason of the script's failure. */
export type Answer<Name extends ScriptName> = (call: Call<Name>) => Promise<void>;
