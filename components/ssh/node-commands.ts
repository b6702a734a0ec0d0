import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { packed } from "../../lib/node/packed.ts";
import { nodeScript } from "../../lib/node/scripts.ts";
import { scriptFromInput, shellAssignments } from "../../lib/node/shell.ts";
import { type PreparationArgs, preparationInput } from "../../lib/node/software.ts";
import { FAN_OUT_INTERPRETER, fanOutCommand, fanOutInput } from "../../lib/ssh/fan-out.ts";
import { absenceHooks } from "../openstack/lost-machines.ts";
import { contactResults } from "./contact-results.ts";
import { answerFanOuts } from "./program-answers.ts";
import type { SshConnection } from "./ssh-access.ts";

/** A machine as the commands see it. */
export interface NodeMachine {
  /** Name of the server, of the Kubernetes node, and of the host key. */
  name: pulumi.Input<string>;
  /** Id of the server: a new id is a new machine. */
  id: pulumi.Input<string>;
  /** Address of the node in the cluster's network. */
  address: pulumi.Input<string>;
  /** Address at which SSH is reached. @default the node's own */
  sshHost?: pulumi.Input<string>;
  /** SSH host key to expect. @default learnt at first contact */
  hostKey?: pulumi.Input<string>;
  /** Whether its preparation failed, and is still to be done. @default false */
  unprepared?: pulumi.Input<boolean>;
}

/** Something to be run on many machines at once. */
export interface FanOut extends Work {
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

/** A script with its input. */
export interface Work {
  script: Parameters<typeof nodeScript>[0];
  /** Shell assignments for the script. */
  input: pulumi.Input<Record<string, string>>;
  /** Seconds after which it is ended. */
  deadline: number;
}

/** A script for the first of some machines that answers. */
export interface Task extends Work {
  machines: pulumi.Input<NodeMachine[]>;
}

/** A script that comes before others. */
export interface Preliminary extends Task {
  /** Seconds in which a machine must let us in. */
  patience: number;
  /** How the machines are reached. @default like the others */
  ssh?: SshConnection;
}

/** Runs a script on many machines, in parallel, by one resource. It is idempotent, so that an update is the same as a creation. */
export function fanOut(name: string, args: FanOut, opts: pulumi.CustomResourceOptions): command.local.Command {
  const { ssh, absent, tolerant, rsaHostKeys, preparation, removal, beforehand, afterwards, triggers } = args;
  const order = {
    hosts: args.machines,
    ...(absent ? { absent: pulumi.output(absent).apply((all) => (all.length > 0 ? all : undefined)) } : {}),
    ...work(args, ssh),
    ...(tolerant ? { tolerant } : {}),
    ...(rsaHostKeys ? { rsaHostKeys } : {}),
    ...(preparation ? { preparation: ifUnprepared(args.machines, { ...work(preparation, ssh), patience: preparation.patience }) } : {}),
    ...(removal ? { removal: work(removal, ssh) } : {}),
    ...(beforehand ? { beforehand: preliminary(beforehand, ssh) } : {}),
    ...(afterwards ? { afterwards: { hosts: afterwards.machines, ...work(afterwards, ssh) } } : {}),
  };
  const lifecycle = { undoes: removal !== undefined || afterwards !== undefined, ...(triggers ? { triggers } : {}) };
  return fanOutResource(name, ssh, order, lifecycle, opts);
}

/** Runs a script on the first of some machines that answers. Nothing is undone when the resource goes. */
export function onFirst(
  name: string,
  { ssh, ...task }: Task & { ssh: SshConnection },
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  return fanOutResource(name, ssh, { hosts: [], afterwards: { hosts: task.machines, ...work(task, ssh) } }, { undoes: false }, opts);
}

/** Something for machines that are not prepared, if there are any: otherwise it is no reason to run a command again. */
function ifUnprepared<T>(machines: pulumi.Input<NodeMachine[]>, preparation: T): pulumi.Output<T | undefined> {
  return pulumi.output(machines).apply((all) => (all.some(({ unprepared }) => unprepared) ? preparation : undefined));
}

function preliminary({ machines, patience, ssh: own, ...task }: Preliminary, ssh: SshConnection) {
  return { hosts: machines, ...work(task, own ?? ssh), patience, ...(own ? { ssh: connectionOf(own) } : {}) };
}

function connectionOf({ user, port, privateKey, bastion }: SshConnection) {
  return { user, port, privateKey, bastion };
}

function work({ script, input, deadline }: Work, { user }: SshConnection) {
  return {
    command: scriptFromInput(user, deadline),
    script: nodeScript(script),
    input: pulumi.output(input).apply(shellAssignments),
    deadline,
  };
}

function fanOutResource(
  name: string,
  ssh: SshConnection,
  work: object,
  { undoes, ...lifecycle }: { undoes: boolean; triggers?: pulumi.Input<string>[] },
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const order = { ssh: connectionOf(ssh), ...work };
  answerFanOuts(ssh.privateKey);
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

/** Minutes that a fan-out may take: more than its deadlines add up to, so that it is always the fan-out that says what took too long. */
const FAN_OUT_MINUTES = 120;

/** Seconds in which a new machine must let us in and be prepared. */
export const CONTACT_SECONDS = 900;

/** Waits for machines, learns their host keys and makes them fit to be nodes. */
export function contact(
  name: string,
  machines: Pick<FanOut, "machines" | "absent" | "tolerant" | "rsaHostKeys">,
  ssh: SshConnection,
  software: PreparationArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  return fanOut(name, { ...machines, ssh, ...preparation(software) }, opts);
}

/** What makes a machine fit to be a node. */
export function preparation(software: PreparationArgs) {
  return { script: "prepare", input: preparationInput(software), deadline: CONTACT_SECONDS } as const;
}

/** The host key that a contact learnt of a machine. */
export function hostKeyOf(contacted: command.local.Command, machineId: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.all([contacted.stdout, machineId]).apply(([stdout, id]) => contactResults(stdout)(id).hostKey!);
}

/** Machines with what a tolerant contact learnt of them: their host keys, or that they are not prepared. */
export function contactedMachines(machines: pulumi.Input<NodeMachine[]>, contacted: command.local.Command): pulumi.Output<NodeMachine[]> {
  return pulumi.all([machines, contacted.stdout]).apply(([all, stdout]) => {
    const resultOf = contactResults(stdout);
    return all.map((machine) => {
      const { hostKey, unprepared } = resultOf(machine.id);
      return { ...machine, ...(hostKey ? { hostKey } : {}), ...(unprepared ? { unprepared } : {}) };
    });
  });
}

/** Minutes that a script on one machine may take. */
const REMOTE_MINUTES = 30;

/**
 * Runs a script on one machine, for what must happen in order. It is told whether this may be its first run: a creation that failed is one
 * again, but another machine in the place of one that succeeded is an update.
 */
export function remote(
  name: string,
  args: { machine: NodeMachine; ssh: SshConnection; script: Parameters<typeof nodeScript>[0]; input: pulumi.Input<Record<string, string>> },
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  const { machine, ssh, input } = args;
  const { name: nodeName, id, address } = machine;
  const facts = pulumi.output({ NODE_NAME: nodeName, NODE_ADDRESS: address, INSTANCE_ID: id });
  return new command.remote.Command(
    name,
    {
      connection: connection(machine, ssh),
      create: scriptFromInput(ssh.user, REMOTE_MINUTES * 60, "packed", "first"),
      update: scriptFromInput(ssh.user, REMOTE_MINUTES * 60, "packed"),
      stdin: pulumi.secret(
        pulumi.all([facts, input]).apply(([own, others]) => packed(shellAssignments({ ...own, ...others }) + nodeScript(args.script))),
      ),
      addPreviousOutputInEnv: false,
      logging: command.remote.Logging.Stderr,
    },
    { customTimeouts: minutes(REMOTE_MINUTES), ...absenceHooks(name, id), ...opts },
  );
}

function connection({ address, sshHost, hostKey }: NodeMachine, { user, port, privateKey, bastion }: SshConnection) {
  return {
    host: sshHost ?? address,
    user,
    port,
    privateKey,
    ...(hostKey === undefined ? {} : { hostKey }),
    dialErrorLimit: 30,
    ...(bastion
      ? {
          proxy: {
            host: bastion.host,
            user: bastion.user ?? user,
            port: bastion.port ?? 22,
            privateKey: bastion.privateKey ?? privateKey,
            hostKey: bastion.hostKey,
          },
        }
      : {}),
  };
}

function minutes(count: number): pulumi.CustomTimeouts {
  const text = `${count}m`;
  return { create: text, update: text, delete: text };
}
