import type { Machines } from "./machines.ts";

/** Method to run a script on many machines. */
export interface Contender {
  title: string;
  /** Runs the script on all machines. $NODE_NAME is the name of each. */
  run(machines: Machines, script: string): Promise<void>;
  /** Ends the processes that it left running, before the next contender. @default nothing is left */
  end?(): Promise<void>;
}

/** Measurements of a contender's run. */
export interface Run {
  seconds: number;
  /** CPU seconds of the contender, with its SSH clients. */
  ownCpu: number;
  /** CPU seconds of the machines: sshd and the script. */
  machinesCpu: number;
  logins: number;
}
