import { dirname } from "node:path";
import type { Component } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging, tokenValidation } from "../sections.ts";
import { uwsgi } from "../uwsgi.ts";

const configuration = configurationPath("placement.conf");

/** Placement: finds a host with room for a machine. */
export const placement: Component = {
  packages: ["placement-api"],
  configuration: [{ name: "placement.conf", sections: [database("placement", "placement_database"), tokenValidation, logging] }],
  databases: ["placement"],
  schema: [["placement-manage", "--config-file", configuration, "db", "sync"]],
  endpoint: { name: "placement", type: "placement", url: "http://127.0.0.1:8778" },
  services: [
    {
      name: "placement-api",
      stage: "control",
      port: 8778,
      command: uwsgi("/usr/bin/placement-api", 8778, 1),
      environment: { OS_PLACEMENT_CONFIG_DIR: dirname(configuration) },
    },
  ],
};
