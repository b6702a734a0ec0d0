import { type ApiRequest, given, Refusal, type Route } from "../api.ts";
import type { Store } from "../store.ts";

/** Attributes of all of Neutron's objects. */
export interface NeutronObject {
  id: string;
  name: string;
  tags: string[];
}

/** Collection of Neutron. All its objects are created, shown and removed in the same way. */
export interface NeutronCollection<T extends NeutronObject> {
  /** Name in paths: "security-groups". */
  path: string;
  /** Name in bodies: "security_group". */
  singular: string;
  store: Store<T>;
  /** Creates an object, or throws a refusal. */
  make: (input: Partial<T>) => T;
  /** Throws a refusal when the object is in use, and otherwise undoes its creation. */
  remove?: (object: T) => void;
  /** Returns attributes that are shown beside the object's own. */
  more?: (object: T) => object;
}

/** Makes a refusal of Neutron. */
export function refuse(status: number, type: string, message: string): Refusal {
  return new Refusal("network", status, message, type);
}

/** Returns the object with an id, or throws Neutron's refusal. */
export function existing<T extends NeutronObject>({ store, singular }: Pick<NeutronCollection<T>, "store" | "singular">, id: string): T {
  const found = store.get(id);
  if (found) return found;
  const kind = singular
    .split("_")
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");
  throw refuse(404, `${kind}NotFound`, `${kind} ${id} could not be found.`);
}

/** Refuses a creation beyond the quota. */
export function checkQuota(resource: string, limit: number, used: number): void {
  if (limit >= 0 && used >= limit) throw refuse(409, "OverQuota", `Quota exceeded for resources: ['${resource}'].`);
}

/** Makes the routes to create, list, show, change, remove and tag. */
export function collectionRoutes<T extends NeutronObject>(collection: NeutronCollection<T>): Route[] {
  const { path, singular, store, make, remove, more } = collection;
  const plural = path.replaceAll("-", "_");
  const shown = (object: T) => ({ ...object, ...more?.(object) });
  const of = ({ params: { id = "" } }: ApiRequest) => existing(collection, id);
  const now = () => new Date().toISOString().replace(/\.\d+/, "");
  const change = (object: T, changes: Partial<T>) => Object.assign(object, changes, { updated_at: now() });
  const one = (status: number, object: T) => ({ status, body: { [singular]: shown(object) } });
  const route = (method: string, rest: string, handle: Route["handle"]): Route => {
    return { service: "network", method, pattern: `/network/v2.0/${path}${rest}`, handle };
  };

  return [
    route("GET", "", ({ query }) => ({ status: 200, body: { [plural]: store.matching(query).map(shown) } })),
    route("POST", "", (request) => {
      const object = make(given<T>("network", request, singular));
      return one(201, store.add(Object.assign(object, { created_at: now(), updated_at: now() })));
    }),
    route("GET", "/{id}", (request) => one(200, of(request))),
    route("PUT", "/{id}", (request) => one(200, change(of(request), given<T>("network", request, singular)))),
    route("DELETE", "/{id}", (request) => {
      const object = of(request);
      remove?.(object);
      store.delete(object.id);
      return { status: 204 };
    }),
    route("PUT", "/{id}/tags", (request) => {
      const { tags = [] } = request.body as { tags?: string[] };
      of(request).tags = tags;
      return { status: 200, body: { tags } };
    }),
  ];
}
