import type { Component } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging, tokenValidation } from "../sections.ts";

const configured = ["--config-file", configurationPath("glance-api.conf")];

/** Glance: the images of machines. */
export const glance: Component = {
  packages: ["glance-api", "qemu-utils"],
  configuration: [{ name: "glance-api.conf", sections: [database("glance"), tokenValidation, logging] }],
  databases: ["glance"],
  schema: [["glance-manage", ...configured, "db_sync"]],
  endpoint: { name: "glance", type: "image", url: "http://127.0.0.1:9292" },
  services: [{ name: "glance-api", stage: "control", port: 9292, command: ["glance-api", ...configured] }],
};
