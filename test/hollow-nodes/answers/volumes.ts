import type { FakeCloud } from "../../fake-openstack/fake-cloud.ts";
import { readRequest } from "../ssh/script-request.ts";
import type { Execute } from "../ssh/ssh-server.ts";

/** Returns the name of a server without Pulumi's suffix. */
export function resourceName(server: string): string {
  return server.replace(/-[0-9a-f]{7}$/, "");
}

/**
 * Answers the library's scripts on machines that do not exist, and records them: "etcd on etcd-0 with 5 GiB". A script that mounts a volume
 * fails as on a real machine when the volume is not attached, or smaller than the wanted file system.
 */
export function answeringWithVolumes(cloud: FakeCloud, events: string[]): Execute {
  return async ({ server }, command, text) => {
    if (command === "true") return;
    const { script, input } = readRequest(command, text);
    const { VOLUME_ID, VOLUME_GIB } = input;
    if (VOLUME_ID) checkVolume(cloud, server.id, VOLUME_ID, Number(VOLUME_GIB));
    const disk = VOLUME_ID ? ` with ${VOLUME_GIB} GiB` : script === "etcd" ? `, ${server.volumes.length} volume to leave` : "";
    events.push(`${script} on ${resourceName(server.name)}${disk}`);
  };
}

function checkVolume({ cinder }: FakeCloud, server: string, id: string, gigabytes: number): void {
  const { status, size, attachments } = cinder.volumes.find(id);
  if (status !== "in-use" || attachments[0]?.server_id !== server)
    throw new Error(`volume ${id} is ${status} and attached to ${attachments[0]?.server_id}, not to server ${server}`);
  if (size < gigabytes) throw new Error(`volume ${id} has ${size} GiB and not yet ${gigabytes}`);
}
