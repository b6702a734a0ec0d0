import type { OptionalComponent, Service } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging, messaging, tokenValidation } from "../sections.ts";

const configured = ["--config-file", configurationPath("cinder.conf")];

/** Cinder: volumes as objects only. No machine can use them. */
export const cinder: OptionalComponent = {
  packages: ["cinder-api", "cinder-scheduler", "cinder-volume", "python3-cinderclient"],
  folders: { cinder: "root" },
  configuration: [{ name: "cinder.conf", sections: [database("cinder"), messaging, tokenValidation, logging] }],
  databases: ["cinder"],
  schema: [["cinder-manage", ...configured, "db", "sync"]],
  endpoint: { name: "cinderv3", type: "volumev3", url: "http://127.0.0.1:8776/v3/%(project_id)s" },
  services: [service("api", 8776), service("scheduler"), service("volume")],
};

function service(role: string, port?: number): Service {
  const name = `cinder-${role}`;
  return { name, stage: "cinder", command: [name, ...configured], ...(port === undefined ? {} : { port }) };
}
