import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataDir } from "../../support/paths.ts";
import type { OptionalComponent } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging, messaging, serviceAccess, tokenValidation } from "../sections.ts";

const configured = ["--config-file", configurationPath("octavia.conf")];
const ca = ["-keyout", join(dataDir, "octavia", "ca.key"), "-out", join(dataDir, "octavia", "ca.pem")];
const python = fileURLToPath(new URL("../python", import.meta.url));

/** Octavia: load balancers as objects only. Their address is a real port, but no traffic is forwarded. */
export const octavia: OptionalComponent = {
  packages: ["octavia-api", "octavia-worker", "python3-octaviaclient", "openssl"],
  folders: { octavia: "root" },
  configuration: [
    { name: "octavia.conf", sections: [database("octavia"), messaging, tokenValidation, serviceAccess("service_auth"), logging] },
    { name: "octavia-api.conf" },
  ],
  databases: ["octavia"],
  schema: [
    ["octavia-db-manage", ...configured, "upgrade", "head"],
    // Octavia makes certificates for its amphorae even when it has none.
    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=octavia", ...ca],
  ],
  endpoint: { name: "octavia", type: "load-balancer", url: "http://127.0.0.1:9876" },
  roles: ["load-balancer_member"],
  services: [
    {
      name: "octavia-api",
      stage: "octavia",
      port: 9876,
      command: ["octavia-api", ...configured, "--config-file", configurationPath("octavia-api.conf")],
    },
    {
      name: "octavia-worker",
      stage: "octavia",
      command: ["octavia-worker", ...configured],
      environment: { PYTHONPATH: python, PYTHONDONTWRITEBYTECODE: "1" },
    },
  ],
};
