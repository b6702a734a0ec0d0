import { USER } from "../../registry/access.ts";
import type { OptionalComponent } from "../component.ts";
import { configurationPath } from "../configuration.ts";

/** URL of the proxy for machines, with its user and password. */
export const proxyUrl = `http://${USER.name}:${USER.password}@172.24.4.1:3128`;

/** Proxy with a password: the only way of machines to what listens in the cloud's own network, like the registry. */
export const proxy: OptionalComponent = {
  packages: ["tinyproxy-bin"],
  configuration: [{ name: "tinyproxy.conf" }],
  services: [{ name: "proxy", stage: "proxy", port: 3128, command: ["tinyproxy", "-d", "-c", configurationPath("tinyproxy.conf")] }],
};
