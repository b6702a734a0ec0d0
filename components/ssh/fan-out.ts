import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { nodeScript } from "../../lib/node/scripts.ts";
import { scriptFromInput, shellAssignments } from "../../lib/node/shell.ts";
import { FAN_OUT_INTERPRETER, fanOutCommand, fanOutInput } from "../../lib/ssh/fan-out.ts";
import type { FanOutOrder } from "../../lib/ssh/fan-out-order.ts";
import type { NodeMachine } from "./node-machine.ts";
import { answerFanOuts } from "./program-answers.ts";
import type { SshConnection } from "./ssh-access.ts";
import { minutes } from "./timeouts.ts";
import type { Work } from "./work.ts";

/** Script for many machines at once, with the scripts before and after it. */
export type FanOut = Work & FanOutOptions;

interface FanOutOptions {
  machines: pulumi.Input<NodeMachine[]>;
  /** Resources whose machine this run does not know. The results of their earlier machines are kept. @default none */
  absent?: pulumi.Input<string[]>;
  ssh: SshConnection;
  /** Lets machines fail: the output names them for later fan-outs. @default false: each must succeed */
  tolerant?: boolean;
  /** Runs on each machine once, until it has succeeded there: not again with another script or input. @default false */
  once?: boolean;
  /** Accepts RSA host keys, for machines to which Pulumi's command plugin never connects. @default false */
  rsaHostKeys?: boolean;
  /** Script that runs first on machines whose preparation failed, with the seconds to wait for their SSH. @default none */
  preparation?: Work & { patience: number };
  /** Values whose change replaces the resource: `removal` runs first. @default none */
  triggers?: pulumi.Input<string>[];
  /** Script that runs on every machine when the command is deleted. @default none */
  removal?: Work;
  /** Script for one of the control planes before machines get theirs. Each machine gets the assignments that this script prints for it. */
  beforehand?: Preliminary;
  /** Limits of changes of machines that `beforehand` gives nothing. @default none: all run at once */
  rolling?: Rolling;
  /** Script for one of the control planes when all machines are done, and when the command is deleted. */
  afterwards?: Task;
}

/** Change of few machines at a time. One of the control planes of `beforehand` runs a script before and after each machine. */
export interface Rolling {
  /** Machines that are changed, or wait for it, at a time. */
  parallel: number;
  begin: Work;
  end: Work;
  /** Script that prints the digest of the script and input that a machine has run last, with the seconds to wait for SSH. */
  last: Work & { patience: number };
}

/** Script for the first of some machines that answers. */
export type Task = Work & { machines: pulumi.Input<NodeMachine[]> };

/** Script that runs before others. */
export type Preliminary = Task & {
  /** Seconds to wait for SSH on one of the machines. */
  patience: number;
  /** SSH to these machines. @default the same as to the others */
  ssh?: SshConnection;
};

/** Value whose parts may become known later, at any depth. */
type Planned<T> = pulumi.Input<T extends object ? { [Property in keyof T]: Planned<T[Property]> } : T>;

/** Runs a script on many machines in parallel, by one resource. The script is idempotent, so an update is the same as a creation. */
export function fanOut(name: string, args: FanOut, opts: pulumi.CustomResourceOptions): command.local.Command {
  const { ssh, machines, absent, tolerant, once, rsaHostKeys, preparation, removal, beforehand, rolling, afterwards, triggers } = args;
  const order: Planned<FanOutOrder> = {
    ssh: connectionOf(ssh),
    hosts: machines,
    ...(absent ? { absent: pulumi.output(absent).apply((all) => (all.length > 0 ? all : undefined)) } : {}),
    ...taskOf(args, ssh),
    ...(tolerant ? { tolerant } : {}),
    ...(once ? { once } : {}),
    ...(rsaHostKeys ? { rsaHostKeys } : {}),
    ...(preparation ? { preparation: ifUnprepared(machines, { ...taskOf(preparation, ssh), patience: preparation.patience }) } : {}),
    ...(removal ? { removal: taskOf(removal, ssh) } : {}),
    ...(beforehand ? { beforehand: preliminary(beforehand, ssh) } : {}),
    ...(rolling ? { rolling: rollingOf(rolling, ssh, beforehand?.ssh ?? ssh) } : {}),
    ...(afterwards ? { afterwards: { hosts: afterwards.machines, ...taskOf(afterwards, ssh) } } : {}),
  };
  const timeouts = minutes(rolling ? ROLLING_MINUTES : FAN_OUT_MINUTES);
  const lifecycle = { undoes: removal !== undefined || afterwards !== undefined, ...(triggers ? { triggers } : {}) };
  return fanOutResource(name, ssh, order, lifecycle, { customTimeouts: timeouts, ...opts });
}

/** Script for the first of some machines that answers, with a resource of its own. */
export type OnFirst = Task & {
  ssh: SshConnection;
  /** Runs the script again, with no wanted nodes, when the command is deleted. @default false */
  alsoOnDeletion?: boolean;
};

/** Runs a script on the first of some machines that answers. */
export function onFirst(name: string, { ssh, alsoOnDeletion = false, ...task }: OnFirst, opts: pulumi.CustomResourceOptions) {
  const afterwards = { hosts: task.machines, ...taskOf(task, ssh) };
  return fanOutResource(name, ssh, { ssh: connectionOf(ssh), hosts: [], afterwards }, { undoes: alsoOnDeletion }, opts);
}

/** Returns the preparation if any machine is unprepared. It is left out otherwise, so that a changed one does not run the command again. */
function ifUnprepared<T>(machines: pulumi.Input<NodeMachine[]>, preparation: T): pulumi.Output<T | undefined> {
  return pulumi.output(machines).apply((all) => (all.some(({ unprepared }) => unprepared) ? preparation : undefined));
}

function preliminary({ machines, patience, ssh: own, ...task }: Preliminary, ssh: SshConnection) {
  return { hosts: machines, ...taskOf(task, own ?? ssh), patience, ...(own ? { ssh: connectionOf(own) } : {}) };
}

function rollingOf({ parallel, begin, end, last }: Rolling, own: SshConnection, controlPlanes: SshConnection) {
  return {
    parallel,
    begin: taskOf(begin, controlPlanes),
    end: taskOf(end, controlPlanes),
    last: { ...taskOf(last, own), patience: last.patience },
  };
}

function connectionOf({ user, port, privateKey, bastion }: SshConnection) {
  return { user, port, privateKey, bastion };
}

function taskOf({ script, input, deadline }: Work, { user }: SshConnection) {
  return {
    command: scriptFromInput(user, deadline),
    script: nodeScript(script),
    input: pulumi.output(input).apply(shellAssignments),
    deadline,
  };
}

/** Timeout of a fan-out in minutes. It exceeds the sum of all deadlines, so that the fan-out itself reports which machine took too long. */
const FAN_OUT_MINUTES = 120;

/** The same of a fan-out whose machines are changed few at a time. It may wait for others. */
const ROLLING_MINUTES = 24 * 60;

function fanOutResource(
  name: string,
  { privateKey }: SshConnection,
  order: Planned<FanOutOrder>,
  { undoes, ...lifecycle }: { undoes: boolean; triggers?: pulumi.Input<string>[] },
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  answerFanOuts(privateKey);
  return new command.local.Command(
    name,
    {
      // Without `update`, an update runs `create`, which reconciles machines from any state.
      create: fanOutCommand("run"),
      ...(undoes ? { delete: fanOutCommand("remove") } : {}),
      interpreter: FAN_OUT_INTERPRETER,
      stdin: pulumi.secret(pulumi.output(order).apply(fanOutInput)),
      logging: command.local.Logging.Stderr,
      ...lifecycle,
    },
    { customTimeouts: minutes(FAN_OUT_MINUTES), ...opts },
  );
}
