import { type ApiRequest, given, Refusal, type Route } from "../api.ts";
import type { Volumes } from "../cinder/volumes.ts";
import type { Server } from "./server.ts";

/** Disk in a request for a server. */
export interface BlockDevice {
  uuid?: string;
  source_type?: string;
  destination_type?: string;
  volume_size?: number;
  volume_type?: string;
  delete_on_termination?: boolean;
}

/** Volumes of servers: boot volumes, and volumes that are attached later. */
export class Attachments {
  readonly #volumes: Volumes;
  readonly #find: (request: ApiRequest) => Server;

  /** @param find returns the server whose id is in a request's path */
  constructor(volumes: Volumes, find: (request: ApiRequest) => Server) {
    this.#volumes = volumes;
    this.#find = find;
  }

  get routes(): Route[] {
    const route = (method: string, rest: string, handle: Route["handle"]): Route => {
      return { service: "compute", method, pattern: `/compute/v2.1/servers/{id}/os-volume_attachments${rest}`, handle };
    };
    return [
      route("GET", "", (request) => {
        const server = this.#find(request);
        return { status: 200, body: { volumeAttachments: server.volumes.map((each) => shown(server, each)) } };
      }),
      route("POST", "", (request) => {
        const server = this.#find(request);
        return { status: 200, body: { volumeAttachment: shown(server, this.#attach(server, request)) } };
      }),
      route("GET", "/{volume}", (request) => {
        const server = this.#find(request);
        return { status: 200, body: { volumeAttachment: shown(server, attached(server, request)) } };
      }),
      route("DELETE", "/{volume}", (request) => {
        this.#detach(this.#find(request), request);
        return { status: 202 };
      }),
    ];
  }

  /** Creates a server's boot volume. */
  makeBootVolume(server: Server, { uuid, volume_size, volume_type, delete_on_termination = false }: BlockDevice): void {
    const request = { ...(volume_size === undefined ? {} : { size: volume_size }), ...(volume_type ? { volume_type } : {}) };
    const volume = this.#volumes.make(request, uuid);
    server.volumes.push({ id: volume.id, device: "/dev/vda", deleteOnTermination: delete_on_termination });
  }

  /** Attaches the boot volume of a built server. */
  useBootVolumes(server: Server): void {
    for (const { id, device } of server.volumes) this.#volumes.connect(this.#volumes.find(id), server.id, device);
  }

  /** Frees the volumes of a deleted server, and removes those that are deleted with it. */
  releaseAll(server: Server): void {
    for (const { id, deleteOnTermination } of server.volumes.splice(0)) {
      const volume = this.#volumes.store.get(id);
      if (!volume) continue;
      this.#volumes.release(volume);
      if (deleteOnTermination) this.#volumes.remove(volume);
    }
  }

  #attach(server: Server, request: ApiRequest): Server["volumes"][number] {
    checkState(server, "attach_volume");
    const { volumeId = "" } = given<{ volumeId: string }>("compute", request, "volumeAttachment");
    const volume = this.#volumes.store.get(volumeId);
    if (!volume) throw new Refusal("compute", 404, `Volume ${volumeId} could not be found.`);
    const device = `/dev/vd${String.fromCharCode("b".charCodeAt(0) + server.volumes.filter((each) => each.device !== "/dev/vda").length)}`;
    this.#volumes.attach(volume, server.id, device);
    const attachment = { id: volumeId, device, deleteOnTermination: false };
    server.volumes.push(attachment);
    return attachment;
  }

  #detach(server: Server, request: ApiRequest): void {
    const { id } = attached(server, request);
    checkState(server, "detach_volume");
    this.#volumes.detach(this.#volumes.find(id), () => {
      server.volumes = server.volumes.filter((each) => each.id !== id);
    });
  }
}

/** Finds an attachment. Before 2.89, its id is the id of its volume. */
function attached(server: Server, { params: { volume = "" } }: ApiRequest): Server["volumes"][number] {
  const found = server.volumes.find(({ id }) => id === volume);
  if (!found) throw new Refusal("compute", 404, `Instance ${server.id} is not attached to volume ${volume}`);
  return found;
}

function shown(server: Server, { id, device }: Server["volumes"][number]): object {
  return { id, volumeId: id, serverId: server.id, device };
}

function checkState({ id, status, isLeaving }: Server, action: string): void {
  if (isLeaving) throw new Refusal("compute", 409, `Cannot '${action}' instance ${id} while it is in task_state deleting`);
  if (status === "RESIZE")
    throw new Refusal("compute", 409, `Cannot '${action}' instance ${id} while it is in task_state resize_migrating`);
  if (status === "BUILD" || status === "ERROR")
    throw new Refusal(
      "compute",
      409,
      `Cannot '${action}' instance ${id} while it is in vm_state ${status === "BUILD" ? "building" : "error"}`,
    );
}
