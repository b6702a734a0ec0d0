import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { packed } from "../../lib/node/packed.ts";
import { nodeScript } from "../../lib/node/scripts.ts";
import { scriptFromInput, shellAssignments } from "../../lib/node/shell.ts";
import { absenceHooks } from "../openstack/lost-machines.ts";
import type { NodeMachine } from "./node-machine.ts";
import type { SshConnection } from "./ssh-access.ts";
import { minutes } from "./timeouts.ts";
import type { ScriptCall } from "./work.ts";

/** Script for one machine. */
export type RemoteArgs = ScriptCall & { machine: NodeMachine; ssh: SshConnection };

/** Timeout of a script on one machine in minutes. */
const REMOTE_MINUTES = 30;

/**
 * Runs a script on one machine, for steps that must happen in order. The script is told whether this is a first run (`FIRST_RUN`). After a
 * failed creation it is a first run again. A machine that replaces one whose run succeeded gets an update, which is no first run.
 */
export function remote(
  name: string,
  { machine, ssh, script, input }: RemoteArgs,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  const { name: nodeName, id, address, topology } = machine;
  const facts = pulumi.output({
    NODE_NAME: nodeName,
    NODE_ADDRESS: address,
    INSTANCE_ID: id,
    ...(topology === undefined ? {} : { TOPOLOGY: topology }),
  });
  const assignments = pulumi.output(input).apply(shellAssignments);
  return new command.remote.Command(
    name,
    {
      connection: connection(machine, ssh),
      create: scriptFromInput(ssh.user, REMOTE_MINUTES * 60, "packed", "first"),
      update: scriptFromInput(ssh.user, REMOTE_MINUTES * 60, "packed"),
      stdin: pulumi.secret(
        pulumi.all([facts, assignments]).apply(([own, others]) => packed(shellAssignments(own) + others + nodeScript(script))),
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
