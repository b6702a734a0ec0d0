import type { OptionalComponent, Service } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging, messaging, tokenValidation } from "../sections.ts";

const configured = ["--config-file", configurationPath("designate.conf")];
const manage = ["designate-manage", ...configured];

/** Designate: DNS zones and records, served by a BIND of its own. */
export const designate: OptionalComponent = {
  packages: [
    "designate-api",
    "designate-central",
    "designate-mdns",
    "designate-producer",
    "designate-worker",
    "python3-designateclient",
    "bind9",
    "bind9-utils",
  ],
  folders: { designate: "root", bind: "bind" },
  configuration: [
    { name: "designate.conf", sections: [database("designate", "storage:sqlalchemy"), messaging, tokenValidation, logging] },
    { name: "designate-pools.yaml" },
    { name: "named.conf", owner: "bind" },
    { name: "rndc.conf" },
    { name: "rndc.key", owner: "bind" },
  ],
  databases: ["designate"],
  schema: [[...manage, "database", "sync"]],
  endpoint: { name: "designate", type: "dns", url: "http://127.0.0.1:9001" },
  services: [
    {
      name: "named",
      stage: "designate",
      port: 53,
      command: ["named", "-f", "-u", "bind", "-c", configurationPath("named.conf")],
      stopSignal: "TERM",
    },
    service("api", 9001),
    service("central"),
    service("mdns", 5354),
    service("producer"),
    service("worker"),
  ],
  completion: [[...manage, "pool", "update", "--file", configurationPath("designate-pools.yaml")]],
  nameServer: "127.0.0.1",
};

function service(role: string, port?: number): Service {
  const name = `designate-${role}`;
  return { name, stage: "designate", command: [name, ...configured], ...(port === undefined ? {} : { port }) };
}
