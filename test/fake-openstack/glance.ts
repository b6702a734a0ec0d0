import { randomUUID } from "node:crypto";
import { Refusal, type Route } from "./api.ts";
import { Store } from "./store.ts";

/** Glance: the images of the cloud. */
export class Glance {
  readonly images = new Store<ReturnType<typeof image>>();

  constructor(names: readonly string[]) {
    for (const name of names) this.images.add(image(name));
  }

  get routes(): Route[] {
    return [
      {
        service: "image",
        method: "GET",
        pattern: "/image/v2/images",
        handle: ({ query }) => ({
          status: 200,
          body: { images: this.images.matching(query), first: "/v2/images", schema: "/v2/schemas/images" },
        }),
      },
      {
        service: "image",
        method: "GET",
        pattern: "/image/v2/images/{id}",
        handle: ({ params: { id = "" } }) => {
          const found = this.images.get(id);
          if (!found) throw new Refusal("image", 404, `No image found with ID ${id}`);
          return { status: 200, body: found };
        },
      },
    ];
  }
}

function image(name: string) {
  const id = randomUUID();
  const time = "2026-01-01T00:00:00Z";
  return {
    id,
    name,
    status: "active",
    visibility: "public",
    protected: false,
    os_hidden: false,
    container_format: "bare",
    disk_format: "raw",
    min_disk: 0,
    min_ram: 0,
    size: 2_684_354_560,
    virtual_size: 2_684_354_560,
    checksum: "d41d8cd98f00b204e9800998ecf8427e",
    owner: "0123456789abcdef0123456789abcdef",
    created_at: time,
    updated_at: time,
    tags: [],
    self: `/v2/images/${id}`,
    file: `/v2/images/${id}/file`,
    schema: "/v2/schemas/image",
  };
}
