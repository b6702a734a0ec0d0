import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import type { CommandsInput } from "../../lib/node/script-inputs.ts";
import type { ContainerRuntimeSettings, NodeSoftwareSettings, SetupSettings } from "../../lib/node/settings.ts";
import { commandsInput } from "../../lib/node/setup.ts";
import { preparationInput } from "../../lib/node/software.ts";
import { contactResults } from "./contact-results.ts";
import { type FanOut, fanOut } from "./fan-out.ts";
import type { NodeMachine } from "./node-machine.ts";
import type { SshConnection } from "./ssh-access.ts";
import type { Work } from "./work.ts";

/** Timeout in seconds for SSH to a new machine, and for its preparation. */
export const CONTACT_SECONDS = 900;

/** Settings of the preparation of a machine's software, some of which may become known later. */
export interface Software extends NodeSoftwareSettings, Pick<SetupSettings, "files"> {
  containerRuntime?: ContainerRuntimeSettings;
}

/**
 * Waits for new machines, learns their host keys and prepares them to be nodes. Later changes of the preparation come with the scripts of their
 * roles, which change one machine after another.
 */
export function contact(
  name: string,
  machines: Pick<FanOut, "machines" | "absent" | "tolerant" | "rsaHostKeys">,
  ssh: SshConnection,
  software: Software,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  return fanOut(name, { ...machines, ssh, once: true, ...preparation(software) }, opts);
}

/** Returns the script that prepares a machine to be a node, with its input. */
export function preparation(software: Software): Work<"prepare"> {
  const { registries, proxy, files: setupFiles, ...others } = software;
  const input = pulumi.output({ registries, proxy, setupFiles }).apply((known) => preparationInput({ ...others, ...defined(known) }));
  return { script: "prepare", input, deadline: CONTACT_SECONDS };
}

/** Returns the user's commands for a script that makes a machine a node. They may become known later. */
export function commandsOf({ preKubeadmCommands = [], postKubeadmCommands = [] }: SetupSettings): pulumi.Output<CommandsInput> {
  return pulumi
    .all([pulumi.all(preKubeadmCommands), pulumi.all(postKubeadmCommands)])
    .apply(([before, after]) => commandsInput(before, after));
}

/** Returns the host key of a machine that a contact has learnt. */
export function hostKeyOf(contacted: command.local.Command, machineId: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.all([contacted.stdout, machineId]).apply(([stdout, id]) => contactResults(stdout)(id).hostKey!);
}

/** Returns machines with the results of a tolerant contact: their host keys, or that they are not prepared. */
export function contactedMachines(machines: pulumi.Input<NodeMachine[]>, contacted: command.local.Command): pulumi.Output<NodeMachine[]> {
  return pulumi.all([machines, contacted.stdout]).apply(([all, stdout]) => {
    const resultOf = contactResults(stdout);
    return all.map((machine) => {
      const { hostKey, unprepared } = resultOf(machine.id);
      return { ...machine, ...(hostKey ? { hostKey } : {}), ...(unprepared ? { unprepared } : {}) };
    });
  });
}
