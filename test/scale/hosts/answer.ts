import type { HollowCluster } from "./hollow-cluster.ts";
import type { Host } from "./host.ts";

/** What the shell assignments before a script say. */
export type Input = Record<string, string>;

/** A script that is to be answered for a machine. */
export interface Call {
  host: Host;
  input: Input;
  cluster: HollowCluster;
  /** Prints a line as the scripts do, with the node's name. */
  log: (line: string) => void;
  /** Prints a line for whoever asked. */
  answer: (line: string) => void;
}

/** Does what a script would do; what it throws is the reason why the script fails. */
export type Answer = (call: Call) => Promise<void>;
