/** Order of a fan-out. components/ssh/fan-out.ts packs it, and lib/scripts/ssh-fan-out.mjs executes it. Secrets are sent only in it. */
export interface FanOutOrder extends Partial<OrderTask> {
  ssh: OrderConnection;
  /** Machines that each get the order's own script. An order with machines has one. */
  hosts: OrderHost[];
  /** Resources whose machine is not known. Its name is the resource's with a suffix. Its results of earlier runs are kept. */
  absent?: string[] | undefined;
  /** Lets machines fail: each failure has a line in the output, and the fan-out still succeeds. */
  tolerant?: boolean;
  /** Runs on each machine once, until it has succeeded there: not again with another script or input. */
  once?: boolean;
  /** Accepts RSA host keys. */
  rsaHostKeys?: boolean;
  /** Task that runs first on hosts that are not prepared. */
  preparation?: (OrderTask & Patience) | undefined;
  /** Task of each host when the command is deleted. */
  removal?: OrderTask;
  /** Task of the first of its hosts that answers, before all others. It is skipped when no host needs its script. */
  beforehand?: FirstHostTask & Patience & { ssh?: OrderConnection };
  /** Limits of changes of hosts that `beforehand` gives nothing: they have their role already. @default none: all run at once */
  rolling?: OrderRolling;
  /** Task of the first of its hosts that answers, after all others have ended, and when the command is deleted. */
  afterwards?: FirstHostTask;
}

/** Machine of an order. */
export interface OrderHost {
  /** Name by which SSH knows its host key. */
  name: string;
  id: string;
  address: string;
  /** Address for SSH. @default `address` */
  sshHost?: string;
  /** Labels of its node that tell its place. */
  topology?: string;
  hostKey?: string;
  unprepared?: boolean;
}

/** Script, and how it is run. */
export interface OrderTask {
  /** Command line that runs the script on its standard input. */
  command: string;
  script: string;
  /** Shell assignments before the script. */
  input: string;
  /** Timeout of the script in seconds. */
  deadline: number;
}

/** Task of the first of some machines that answers. */
export interface FirstHostTask extends OrderTask {
  hosts: OrderHost[];
}

/** Change of few hosts at a time. Both tasks run on one of the hosts of `beforehand`. */
export interface OrderRolling {
  /** Hosts that are changed, or wait for it, at a time. */
  parallel: number;
  /** Waits until a host may be out of service. Prints "place NAME", and "done NAME" for each that an earlier run has changed. */
  begin: OrderTask;
  /** Waits until a host is in service again. */
  end: OrderTask;
  /** Prints the digest of the script and input that a host has run last. It runs on hosts without a result of an earlier run. */
  last: OrderTask & Patience;
}

/** Seconds to wait for SSH on a machine. */
export interface Patience {
  patience: number;
}

/** SSH connection to the machines of an order. */
export interface OrderConnection {
  user: string;
  port: number;
  privateKey: string;
  bastion?: OrderBastion | undefined;
}

/** Bastion in front of the machines. User, port and key are theirs by default. */
export interface OrderBastion {
  host: string;
  hostKey: string;
  user?: string;
  port?: number;
  privateKey?: string;
}

/** Line of a fan-out's output: the result of a machine, which the next run reads. */
export interface HostResult {
  name: string;
  id: string;
  hostKey?: string;
  /** Digest of the script and input that the machine has run. */
  digest?: string;
  unprepared?: true;
}
