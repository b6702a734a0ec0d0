import type { Component } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging, messaging, serviceAccess, tokenValidation } from "../sections.ts";

const configured = ["--config-file", configurationPath("nova.conf")];
const manage = ["nova-manage", ...configured];

/** Command that registers new compute hosts, so that the scheduler uses them. */
export const discoverHosts = [...manage, "cell_v2", "discover_hosts", "--by-service"];

/** Nova: machines, as libvirt's system containers. */
export const nova: Component = {
  packages: ["nova-api", "nova-conductor", "nova-scheduler", "nova-compute", "nova-compute-lxc"],
  configuration: [
    {
      name: "nova.conf",
      sections: [
        database("nova"),
        database("nova_api", "api_database"),
        messaging,
        tokenValidation,
        serviceAccess("placement"),
        serviceAccess("neutron"),
        logging,
      ],
    },
    { name: "nova-policy.yaml" },
  ],
  databases: ["nova", "nova_api", "nova_cell0"],
  schema: [
    [...manage, "api_db", "sync"],
    [...manage, "cell_v2", "map_cell0"],
    [...manage, "cell_v2", "create_cell", "--name", "cell1"],
    [...manage, "db", "sync"],
  ],
  endpoint: { name: "nova", type: "compute", url: "http://127.0.0.1:8774/v2.1" },
  services: [
    { name: "nova-api", stage: "control", port: 8774, command: ["nova-api", ...configured] },
    { name: "nova-conductor", stage: "control", command: ["nova-conductor", ...configured] },
    { name: "nova-scheduler", stage: "control", command: ["nova-scheduler", ...configured] },
    { name: "nova-compute", stage: "agents", command: ["nova-compute", ...configured] },
  ],
};
