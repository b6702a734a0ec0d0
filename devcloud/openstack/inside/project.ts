import type { Passwords } from "../passwords.ts";
import { ensureNamed, findNamed } from "./ensure.ts";
import type { Session } from "./session.ts";

const computeQuota = { instances: 100, cores: 200, ram: 400 * 1024, key_pairs: 100, server_groups: 50, server_group_members: 100 };
const networkQuota = {
  network: 50,
  subnet: 50,
  router: 50,
  port: 500,
  floatingip: 50,
  security_group: 100,
  security_group_rule: 1000,
};

/** Creates the project and its user, with which people work. Its quota is generous but finite, as on a real cloud. */
export async function ensureProject(session: Session, passwords: Passwords): Promise<void> {
  const [project] = await Promise.all([
    ensureNamed(session, "identity", "/projects", "project", { name: "caravan", domain_id: "default" }),
    ensureNamed(session, "identity", "/users", "user", { name: "caravan", domain_id: "default", password: passwords.project }),
  ]);
  await Promise.all([
    ensureProjectRoles(session, ["member", "reader"]),
    session.request("compute", "PUT", `/os-quota-sets/${project.id}`, { quota_set: computeQuota }),
    session.request("network", "PUT", `/quotas/${project.id}`, { quota: networkQuota }),
  ]);
}

/** Gives the project's user more roles. */
export async function ensureProjectRoles(session: Session, names: readonly string[]): Promise<void> {
  const [project, user, ...roles] = await Promise.all([
    findNamed(session, "identity", "/projects", "caravan"),
    findNamed(session, "identity", "/users", "caravan"),
    ...names.map((name) => ensureNamed(session, "identity", "/roles", "role", { name })),
  ]);
  await Promise.all(
    roles.map((role) => session.request("identity", "PUT", `/projects/${project!.id}/users/${user!.id}/roles/${role!.id}`)),
  );
}
