import { createHash } from "node:crypto";
import { given, Refusal, type Route } from "../api.ts";
import { Store } from "../store.ts";
import { microversion } from "./microversion.ts";

interface Keypair {
  id: string;
  name: string;
  public_key: string;
  fingerprint: string;
  user_id: string;
}

/** Keypairs of users, by name. A user has only the own ones. */
export class Keypairs {
  readonly store = new Store<Keypair>();
  readonly #owner: { readonly userId: string };

  constructor(owner: { readonly userId: string }) {
    this.#owner = owner;
  }

  get routes(): Route[] {
    const route = (method: string, rest: string, handle: Route["handle"]): Route => {
      return { service: "compute", method, pattern: `/compute/v2.1/os-keypairs${rest}`, handle };
    };
    return [
      route("GET", "", () => ({
        status: 200,
        body: { keypairs: this.store.all.filter((each) => this.#isOwn(each)).map((keypair) => ({ keypair })) },
      })),
      // Before version 2.2, the API returned other statuses.
      route("POST", "", (request) => ({
        status: microversion(request) >= 2 ? 201 : 200,
        body: { keypair: this.#make(given<Keypair>("compute", request, "keypair")) },
      })),
      route("GET", "/{name}", ({ params }) => ({ status: 200, body: { keypair: this.#find(params.name ?? "") } })),
      route("DELETE", "/{name}", (request) => {
        this.store.delete(this.#find(request.params.name ?? "").id);
        return { status: microversion(request) >= 2 ? 204 : 202 };
      }),
    ];
  }

  #make({ name = "", public_key }: Partial<Keypair>): Keypair {
    if (!public_key) throw new Refusal("compute", 400, "Invalid input: the fake makes no keys; give a public_key");
    if (this.store.get(name)) throw new Refusal("compute", 409, `Key pair '${name}' already exists.`);
    const fingerprint = createHash("md5")
      .update(public_key)
      .digest("hex")
      .replaceAll(/..(?!$)/g, "$&:");
    return this.store.add({ id: name, name, public_key, fingerprint, user_id: this.#owner.userId });
  }

  /** Returns whether the user has a keypair of this name. */
  has(name: string): boolean {
    const found = this.store.get(name);
    return found !== undefined && this.#isOwn(found);
  }

  #isOwn({ user_id }: Keypair): boolean {
    return user_id === this.#owner.userId;
  }

  #find(name: string): Keypair {
    if (!this.has(name)) throw new Refusal("compute", 404, `Keypair ${name} not found for user ${this.#owner.userId}`);
    return this.store.get(name)!;
  }
}
