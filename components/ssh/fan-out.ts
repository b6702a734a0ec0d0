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

/** A script for many machines at once, and what comes before and after it. */
export type FanOut = Work & FanOutOptions;

interface FanOutOptions {
  machines: pulumi.Input<NodeMachine[]>;
  /** Resources whose machine this run knows nothing of: what is remembered of their earlier machines is kept. @default none */
  absent?: pulumi.Input<string[]>;
  ssh: SshConnection;
  /** Whether machines may fail: what comes later is told of them. @default false: each must succeed */
  tolerant?: boolean;
  /** Whether an RSA host key will do: for machines that Pulumi's command plugin never reaches. @default false */
  rsaHostKeys?: boolean;
  /** What machines get first whose preparation failed; they have some seconds to let us in. @default nothing */
  preparation?: Work & { patience: number };
  /** What the resource is made anew for, undone first. @default nothing */
  triggers?: pulumi.Input<string>[];
  /** What is undone on every machine when the command is deleted. @default nothing */
  removal?: Work;
  /** What one of the control planes does before machines get the script; what it prints for each of them is given to that machine. */
  beforehand?: Preliminary;
  /** What one of the control planes does when all machines are done, and when the command is deleted. */
  afterwards?: Task;
}

/** A script for the first of some machines that answers. */
export type Task = Work & { machines: pulumi.Input<NodeMachine[]> };

/** A script that comes before others. */
export type Preliminary = Task & {
  /** Seconds in which a machine must let us in. */
  patience: number;
  /** How the machines are reached. @default like the others */
  ssh?: SshConnection;
};

/** Values that may not be known yet, at any depth. */
type Planned<T> = pulumi.Input<T extends object ? { [Property in keyof T]: Planned<T[Property]> } : T>;

/** Runs a script on many machines, in parallel, by one resource. It is idempotent, so that an update is the same as a creation. */
export function fanOut(name: string, args: FanOut, opts: pulumi.CustomResourceOptions): command.local.Command {
  const { ssh, machines, absent, tolerant, rsaHostKeys, preparation, removal, beforehand, afterwards, triggers } = args;
  const order: Planned<FanOutOrder> = {
    ssh: connectionOf(ssh),
    hosts: machines,
    ...(absent ? { absent: pulumi.output(absent).apply((all) => (all.length > 0 ? all : undefined)) } : {}),
    ...taskOf(args, ssh),
    ...(tolerant ? { tolerant } : {}),
    ...(rsaHostKeys ? { rsaHostKeys } : {}),
    ...(preparation ? { preparation: ifUnprepared(machines, { ...taskOf(preparation, ssh), patience: preparation.patience }) } : {}),
    ...(removal ? { removal: taskOf(removal, ssh) } : {}),
    ...(beforehand ? { beforehand: preliminary(beforehand, ssh) } : {}),
    ...(afterwards ? { afterwards: { hosts: afterwards.machines, ...taskOf(afterwards, ssh) } } : {}),
  };
  const lifecycle = { undoes: removal !== undefined || afterwards !== undefined, ...(triggers ? { triggers } : {}) };
  return fanOutResource(name, ssh, order, lifecycle, opts);
}

/** A script for the first of some machines that answers, by a resource of its own. */
export type OnFirst = Task & {
  ssh: SshConnection;
  /** Whether it runs, with no node wanted any more, when the command is deleted, too. @default false: nothing is undone */
  alsoOnDeletion?: boolean;
};

/** Runs a script on the first of some machines that answers. */
export function onFirst(name: string, { ssh, alsoOnDeletion = false, ...task }: OnFirst, opts: pulumi.CustomResourceOptions) {
  const afterwards = { hosts: task.machines, ...taskOf(task, ssh) };
  return fanOutResource(name, ssh, { ssh: connectionOf(ssh), hosts: [], afterwards }, { undoes: alsoOnDeletion }, opts);
}

/** Something for machines that are not prepared, if there are any: otherwise it is no reason to run a command again. */
function ifUnprepared<T>(machines: pulumi.Input<NodeMachine[]>, preparation: T): pulumi.Output<T | undefined> {
  return pulumi.output(machines).apply((all) => (all.some(({ unprepared }) => unprepared) ? preparation : undefined));
}

function preliminary({ machines, patience, ssh: own, ...task }: Preliminary, ssh: SshConnection) {
  return { hosts: machines, ...taskOf(task, own ?? ssh), patience, ...(own ? { ssh: connectionOf(own) } : {}) };
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

/** Minutes that a fan-out may take: more than its deadlines add up to, so that it is always the fan-out that says what took too long. */
const FAN_OUT_MINUTES = 120;

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
      // Without `update`, an update runs `create`: it brings machines to where they should be from wherever they are.
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
