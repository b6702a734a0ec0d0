import type { Machines } from "./machines.ts";

/** A way to run a script on many machines. */
export interface Contender {
  title: string;
  /** Runs the script on all machines; to it, each is known by $NODE_NAME. */
  run(machines: Machines, script: string): Promise<void>;
  /** Ends what it left running, for the sake of the next. @default nothing is left */
  end?(): Promise<void>;
}

/** What a contender took. */
export interface Run {
  seconds: number;
  /** CPU seconds of the contender, with its SSH clients. */
  ownCpu: number;
  /** CPU seconds of the machines: sshd and the script. */
  machinesCpu: number;
  logins: number;
}
