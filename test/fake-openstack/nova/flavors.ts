import { randomUUID } from "node:crypto";
import { Refusal, type Route } from "../api.ts";
import type { CloudSettings } from "../settings.ts";
import { Store } from "../store.ts";

export type Flavor = ReturnType<typeof flavor>;

/** Flavors of the cloud. */
export class Flavors {
  readonly store = new Store<Flavor>();

  constructor(flavors: CloudSettings["flavors"]) {
    for (const each of flavors) this.store.add(flavor(each));
  }

  get routes(): Route[] {
    const route = (rest: string, answer: (id: string) => object): Route => ({
      service: "compute",
      method: "GET",
      pattern: `/compute/v2.1/flavors${rest}`,
      handle: ({ params }) => ({ status: 200, body: answer(params.id ?? "") }),
    });
    return [
      route("/detail", () => ({ flavors: this.store.all })),
      route("/{id}", (id) => ({ flavor: this.find(id) })),
      route("/{id}/os-extra_specs", (id) => ({ extra_specs: this.find(id).extra_specs })),
    ];
  }

  find(id: string): Flavor {
    const found = this.store.get(id);
    if (!found) throw new Refusal("compute", 404, `Flavor ${id} could not be found.`);
    return found;
  }
}

function flavor(given: CloudSettings["flavors"][number]) {
  return {
    id: randomUUID(),
    ...given,
    swap: 0,
    rxtx_factor: 1,
    description: null,
    "os-flavor-access:is_public": true,
    "OS-FLV-EXT-DATA:ephemeral": 0,
    "OS-FLV-DISABLED:disabled": false,
    extra_specs: {},
    links: [],
  };
}
