/** A fan-out's order: what components/ssh/fan-out.ts packs and lib/scripts/ssh-fan-out.mjs carries out. Secrets travel only there. */
export interface FanOutOrder extends Partial<OrderTask> {
  ssh: OrderConnection;
  /** Machines that each get the script of the order itself, which has one if it has machines. */
  hosts: OrderHost[];
  /** Resources whose machine is not known; it is called by the resource's name and a suffix. What is remembered of it is kept. */
  absent?: string[] | undefined;
  /** Whether machines may fail: each that does has a line in the output, and the fan-out succeeds all the same. */
  tolerant?: boolean;
  /** Whether an RSA host key will do. */
  rsaHostKeys?: boolean;
  /** What hosts get first that are not prepared. */
  preparation?: (OrderTask & Patience) | undefined;
  /** What each host gets when the command is deleted. */
  removal?: OrderTask;
  /** What the first of its hosts that answers gets before any other, if there is one to get its script. */
  beforehand?: FirstHostTask & Patience & { ssh?: OrderConnection };
  /** What the first of its hosts that answers gets when all others have ended, and when the command is deleted. */
  afterwards?: FirstHostTask;
}

/** A machine of an order. */
export interface OrderHost {
  /** Name by which SSH knows its host key. */
  name: string;
  id: string;
  address: string;
  /** Address at which SSH is reached, if it is another. */
  sshHost?: string;
  hostKey?: string;
  unprepared?: boolean;
}

/** A script, and how it is run. */
export interface OrderTask {
  /** Command line that runs what is on its standard input. */
  command: string;
  script: string;
  /** Shell assignments before the script. */
  input: string;
  /** Seconds after which it is ended. */
  deadline: number;
}

/** A task for the first of some machines that answers. */
export interface FirstHostTask extends OrderTask {
  hosts: OrderHost[];
}

/** Seconds in which a machine must let us in. */
export interface Patience {
  patience: number;
}

/** How the machines of an order are reached. */
export interface OrderConnection {
  user: string;
  port: number;
  privateKey: string;
  bastion?: OrderBastion | undefined;
}

/** A machine in between. What it does not name is as on the machines behind it. */
export interface OrderBastion {
  host: string;
  hostKey: string;
  user?: string;
  port?: number;
  privateKey?: string;
}

/** A line of a fan-out's output: what it remembers of a machine for the next run. */
export interface HostResult {
  name: string;
  id: string;
  hostKey?: string;
  /** Digest of the script and input with which the machine was done. */
  digest?: string;
  unprepared?: true;
}
