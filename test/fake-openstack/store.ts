/** Attributes of a query that affect the form of the answer and not the selection. */
const FORM = new Set(["fields", "limit", "marker", "sort_key", "sort_dir", "all_tenants", "is_public", "not-tags"]);

interface Stored {
  id: string;
}

/** Objects of a kind, in order of creation. */
export class Store<T extends Stored> {
  readonly #objects = new Map<string, T>();

  add(object: T): T {
    this.#objects.set(object.id, object);
    return object;
  }

  get(id: string): T | undefined {
    return this.#objects.get(id);
  }

  delete(id: string): void {
    this.#objects.delete(id);
  }

  get all(): T[] {
    return [...this.#objects.values()];
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Finds the objects that match a query of Neutron or Glance. Repeated attributes are alternatives. */
  matching(query: URLSearchParams): T[] {
    const ids = query.getAll("id");
    const candidates = ids.length > 0 ? ids.flatMap((id) => this.get(id) ?? []) : this.all;
    const wanted = [...new Set(query.keys())].filter((name) => !FORM.has(name) && name !== "id");
    return candidates.filter((object) => wanted.every((name) => isAsWanted(object, name, query.getAll(name))));
  }
}

function isAsWanted(object: object, name: string, wanted: readonly string[]): boolean {
  const value = (object as Record<string, unknown>)[name];
  if (name === "tags" || name === "tag") {
    const tags = (object as { tags?: string[] }).tags ?? [];
    return wanted.flatMap((text) => text.split(",")).every((tag) => tags.includes(tag));
  }
  if (name === "fixed_ips") return wanted.every((text) => (value as Record<string, string>[]).some((ip) => hasPair(ip, text)));
  return wanted.some((text) => String(value ?? "").toLowerCase() === text.toLowerCase());
}

/** Returns whether an object matches Neutron's "fixed_ips=subnet_id=ID". */
function hasPair(object: Record<string, string>, pair: string): boolean {
  const [key = "", ...value] = pair.split("=");
  return object[key] === value.join("=");
}
