import { randomUUID } from "node:crypto";
import { Refusal } from "../api.ts";
import type { Clock } from "../clock.ts";
import type { CloudSettings, Quota } from "../settings.ts";
import { Store } from "../store.ts";

/** Volume, as Cinder shows it. */
export interface Volume {
  id: string;
  name: string;
  description: string | null;
  status: "creating" | "available" | "reserved" | "in-use" | "extending" | "detaching" | "deleting";
  /** GiB. */
  size: number;
  volume_type: string;
  metadata: Record<string, string>;
  bootable: "true" | "false";
  attachments: { id: string; attachment_id: string; volume_id: string; server_id: string; device: string; attached_at: string }[];
  /** Image from which it was made; missing for an empty volume. */
  volume_image_metadata?: { image_id: string };
  availability_zone: string;
  created_at: string;
  updated_at: string;
}

/** Request for a volume. */
export type VolumeRequest = Partial<Pick<Volume, "name" | "description" | "size" | "metadata">> & { volume_type?: string | null };

type Settings = Pick<CloudSettings, "volumeSeconds" | "attachSeconds" | "quota">;

/** Lifecycle and attachments of volumes. */
export class Volumes {
  readonly store = new Store<Volume>();
  readonly #clock: Clock;
  readonly #settings: Settings;

  constructor(clock: Clock, settings: Settings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Usage of the quota by volumes. */
  get used(): Pick<Quota, "volumes" | "gigabytes"> {
    const sizes = this.store.all.map(({ size }) => size);
    return { volumes: sizes.length, gigabytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  find(id: string): Volume {
    const found = this.store.get(id);
    if (!found) throw new Refusal("volumev3", 404, `Volume ${id} could not be found.`);
    return found;
  }

  /** Makes a volume. A boot volume is made from an image. */
  make({ name = "", description = null, size = 0, metadata = {}, volume_type }: VolumeRequest, image?: string): Volume {
    if (!Number.isInteger(size) || size < 1) throw new Refusal("volumev3", 400, `Invalid input received: Invalid volume size: ${size}.`);
    this.#checkQuota({ volumes: 1, gigabytes: size });
    const volume: Volume = {
      id: randomUUID(),
      name,
      description,
      status: "creating",
      size,
      volume_type: volume_type ?? "__DEFAULT__",
      metadata,
      bootable: image === undefined ? "false" : "true",
      attachments: [],
      ...(image === undefined ? {} : { volume_image_metadata: { image_id: image } }),
      availability_zone: "nova",
      created_at: this.#time(),
      updated_at: this.#time(),
    };
    this.store.add(volume);
    this.#later(volume, this.#settings.volumeSeconds, () => {
      volume.status = "available";
    });
    return volume;
  }

  /** Extends a volume. An attached one requires a version of the API that supports it (3.42). */
  extend(volume: Volume, size: number, mayBeAttached: boolean): void {
    const from = mayBeAttached && volume.status === "in-use" ? "in-use" : "available";
    if (size <= volume.size) {
      const sizes = `(current: ${volume.size}, extended: ${size})`;
      throw new Refusal("volumev3", 400, `Invalid input received: New size for extend must be greater than current size. ${sizes}.`);
    }
    if (volume.status !== from) {
      const message = `Volume ${volume.id} status must be '{'status': '${from}'}' to extend, currently ${volume.status}.`;
      throw new Refusal("volumev3", 400, `Invalid volume: ${message}`);
    }
    this.#checkQuota({ volumes: 0, gigabytes: size - volume.size });
    volume.status = "extending";
    this.#later(volume, this.#settings.volumeSeconds, () => Object.assign(volume, { status: from, size }));
  }

  /** Starts to attach a volume to a server. */
  attach(volume: Volume, server_id: string, device: string): void {
    if (volume.status !== "available") {
      const message = `Invalid volume: Volume ${volume.id} status must be available or downloading to reserve, but the current status is ${volume.status}.`;
      throw new Refusal("compute", 400, message);
    }
    volume.status = "reserved";
    this.#later(volume, this.#settings.attachSeconds, () => this.connect(volume, server_id, device));
  }

  /** Attaches a volume to a server at once. */
  connect(volume: Volume, server_id: string, device: string): void {
    const { id } = volume;
    volume.status = "in-use";
    volume.updated_at = this.#time();
    volume.attachments = [{ id, volume_id: id, attachment_id: randomUUID(), server_id, device, attached_at: this.#time() }];
  }

  /** Starts to detach a volume from its server, and calls back when it is done. */
  detach(volume: Volume, whenDone: () => void): void {
    if (volume.status !== "in-use") {
      const message = "Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.";
      throw new Refusal("compute", 400, `Invalid volume: ${message}`);
    }
    volume.status = "detaching";
    this.#later(volume, this.#settings.attachSeconds, () => {
      this.release(volume);
      whenDone();
    });
  }

  /** Frees a volume whose server is deleted. */
  release(volume: Volume): void {
    Object.assign(volume, { status: "available", attachments: [], updated_at: this.#time() });
  }

  /** Starts to remove an unused volume. */
  remove(volume: Volume): void {
    if (volume.status !== "available") {
      const rules =
        "must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer";
      throw new Refusal("volumev3", 400, `Invalid volume: Volume status must be available or error and ${rules}.`);
    }
    volume.status = "deleting";
    this.#later(volume, this.#settings.volumeSeconds, () => this.store.delete(volume.id));
  }

  /** Completes an operation later, unless another operation on the volume has started meanwhile. */
  #later(volume: Volume, seconds: number, work: () => void): void {
    const { status } = volume;
    this.#clock.after(seconds, () => {
      if (volume.status === status) work();
    });
  }

  #checkQuota(more: Pick<Quota, "volumes" | "gigabytes">): void {
    for (const [resource, wanted] of Object.entries(more) as ["volumes" | "gigabytes", number][]) {
      const [limit, used] = [this.#settings.quota[resource], this.used[resource]];
      if (limit >= 0 && used + wanted > limit) {
        const name = resource === "volumes" ? "VolumeLimitExceeded" : "VolumeSizeExceedsAvailableQuota";
        throw new Refusal("volumev3", 413, `${name}: ${used} of ${limit} ${resource} are used, and ${wanted} more were requested.`);
      }
    }
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString().replace("Z", "000");
  }
}
