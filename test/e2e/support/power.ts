import { setTimeout } from "node:timers/promises";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { insideServices } from "../../../devcloud/openstack/namespace.ts";
import { run } from "../../../devcloud/support/run.ts";
import { openstack } from "./openstack.ts";

/** Cuts a server's power. It is gone at once, and nobody is notified. */
export async function powerOff(name: string): Promise<void> {
  const { id } = await openstack<{ id: string }>(["server", "show", name]);
  const deadline = Date.now() + 60_000;
  while ((await virsh(["list", "--uuid"])).includes(id)) {
    // libvirt fails when a process ends while it reads the list of processes to kill, and on a busy machine when they end late.
    await virsh(["destroy", id]).catch((error) => {
      if (Date.now() > deadline) throw error;
    });
    await setTimeout(1000);
  }
}

/** Starts a server whose power was cut. */
export async function powerOn(name: string): Promise<void> {
  await onDevcloud(["openstack", "server", "reboot", "--hard", name], { deadline: 60 });
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { status } = await openstack<{ status: string }>(["server", "show", name]);
    if (status === "ACTIVE") return;
    if (Date.now() > deadline) throw new Error(`server ${name} is ${status} two minutes after it was started again`);
    await setTimeout(2000);
  }
}

function virsh(args: readonly string[]): Promise<string> {
  const [program, ...rest] = insideServices(["virsh", "--connect", "lxc:///", ...args]);
  return run(program!, rest, { deadline: 30 });
}
