import { type ApiRequest, given, Refusal, type Route } from "../api.ts";
import type { Store } from "../store.ts";

/** What all of Neutron's objects have. */
export interface NeutronObject {
  id: string;
  name: string;
  tags: string[];
}

/** A collection of Neutron's: objects that are all made, shown and removed in the same manner. */
export interface NeutronCollection<T extends NeutronObject> {
  /** As in the path: "security-groups". */
  path: string;
  /** As in bodies: "security_group". */
  singular: string;
  store: Store<T>;
  /** Makes an object, or refuses. */
  make: (input: Partial<T>) => T;
  /** Refuses when the object is in use, else undoes what making it did. */
  remove?: (object: T) => void;
  /** What is shown beside the object's own attributes. */
  more?: (object: T) => object;
}

/** A refusal of Neutron's. */
export function refuse(status: number, type: string, message: string): Refusal {
  return new Refusal("network", status, message, type);
}

/** The object with an id, or else the refusal of Neutron. */
export function existing<T extends NeutronObject>({ store, singular }: Pick<NeutronCollection<T>, "store" | "singular">, id: string): T {
  const found = store.get(id);
  if (found) return found;
  const kind = singular
    .split("_")
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");
  throw refuse(404, `${kind}NotFound`, `${kind} ${id} could not be found.`);
}

/** Refuses what would be more than the quota allows. */
export function checkQuota(resource: string, limit: number, used: number): void {
  if (limit >= 0 && used >= limit) throw refuse(409, "OverQuota", `Quota exceeded for resources: ['${resource}'].`);
}

/** Create, list, show, change, remove and tag. */
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
