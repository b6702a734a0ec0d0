import type { Endpoint } from "../component.ts";
import type { Passwords } from "../passwords.ts";
import { ensureNamed, type Named } from "./ensure.ts";
import type { Session } from "./session.ts";

/** Creates what the services need before they start: their user, and the catalogue of their endpoints. */
export async function ensureCatalogue(session: Session, endpoints: readonly Endpoint[], passwords: Passwords): Promise<void> {
  await Promise.all([ensureServiceUser(session, passwords.service), ensureEndpoints(session, endpoints)]);
}

/** Removes services that do not run from the catalogue: clients that find them there would wait for them. */
export async function retireEndpoints(session: Session, names: readonly string[]): Promise<void> {
  const { services } = await session.request<{ services: Named[] }>("identity", "GET", "/services");
  const retired = services.filter(({ name }) => names.includes(name));
  await Promise.all(retired.map(({ id }) => session.request("identity", "DELETE", `/services/${id}`)));
}

async function ensureServiceUser(session: Session, password: string): Promise<void> {
  const [project, user, ...roles] = await Promise.all([
    ensureNamed(session, "identity", "/projects", "project", { name: "service", domain_id: "default" }),
    ensureNamed(session, "identity", "/users", "user", { name: "service", domain_id: "default", password }),
    ensureNamed(session, "identity", "/roles", "role", { name: "admin" }),
    ensureNamed(session, "identity", "/roles", "role", { name: "service" }),
  ]);
  await Promise.all(roles.map((role) => session.request("identity", "PUT", `/projects/${project.id}/users/${user.id}/roles/${role.id}`)));
}

async function ensureEndpoints(session: Session, endpoints: readonly Endpoint[]): Promise<void> {
  const known = await session.request<{ endpoints: { service_id: string; interface: string }[] }>("identity", "GET", "/endpoints");
  for (const { name, type, url } of endpoints) {
    const service = await ensureNamed(session, "identity", "/services", "service", { name, type });
    const missing = ["public", "internal", "admin"].filter(
      (access) => !known.endpoints.some((endpoint) => endpoint.service_id === service.id && endpoint.interface === access),
    );
    const make = (access: string) => ({ service_id: service.id, interface: access, url, region_id: "RegionOne" });
    await Promise.all(missing.map((access) => session.request("identity", "POST", "/endpoints", { endpoint: make(access) })));
  }
}
