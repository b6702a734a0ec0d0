import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type PreparationArgs, preparationInput } from "../../lib/node/software.ts";
import { contactResults } from "./contact-results.ts";
import { type FanOut, fanOut } from "./fan-out.ts";
import type { NodeMachine } from "./node-machine.ts";
import type { SshConnection } from "./ssh-access.ts";
import type { Work } from "./work.ts";

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

/** Makes a machine fit to be a node. */
export function preparation(software: PreparationArgs): Work<"prepare"> {
  return { script: "prepare", input: preparationInput(software), deadline: CONTACT_SECONDS };
}

/** Host key that a contact learnt of a machine. */
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
