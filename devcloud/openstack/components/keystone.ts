import type { Component } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging } from "../sections.ts";
import { uwsgi } from "../uwsgi.ts";

const configuration = configurationPath("keystone.conf");
const manage = ["keystone-manage", "--config-file", configuration];
const urls = ["public", "internal", "admin"].flatMap((access) => [`--bootstrap-${access}-url`, "http://127.0.0.1:5000/v3"]);
const keyOwner = ["--keystone-user", "root", "--keystone-group", "root"];

/** Keystone: users, tokens and the catalogue of services. */
export const keystone: Component = {
  packages: ["keystone", "uwsgi-core", "uwsgi-plugin-python3"],
  configuration: [{ name: "keystone.conf", sections: [database("keystone"), logging] }],
  databases: ["keystone"],
  schema: [
    [...manage, "db_sync"],
    [...manage, "fernet_setup", ...keyOwner],
    [...manage, "credential_setup", ...keyOwner],
    // Creates the user `admin`, whose password comes from the environment.
    [...manage, "bootstrap", "--bootstrap-region-id", "RegionOne", ...urls],
  ],
  services: [
    {
      name: "keystone",
      stage: "identity",
      port: 5000,
      command: uwsgi("/usr/bin/keystone-wsgi-public", 5000, 2),
      environment: { OS_KEYSTONE_CONFIG_FILES: configuration },
    },
  ],
};
