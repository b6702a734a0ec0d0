import type { Component, Service } from "../component.ts";
import { configurationPath } from "../configuration.ts";
import { database, logging, messaging, serviceAccess, tokenValidation } from "../sections.ts";

/** Neutron: networks, routers, security groups and floating IPs, with the agents that implement them by bridges and namespaces. */
export const neutron: Component = {
  packages: [
    "neutron-server",
    "neutron-linuxbridge-agent",
    "neutron-dhcp-agent",
    "neutron-l3-agent",
    "neutron-metadata-agent",
    "dnsmasq-base",
    "haproxy",
    "iptables",
    "ebtables",
    "ipset",
    "conntrack",
  ],
  configuration: [
    {
      name: "neutron.conf",
      sections: [database("neutron"), messaging, tokenValidation, serviceAccess("nova"), serviceAccess("placement"), logging],
    },
    { name: "ml2.ini" },
    { name: "linuxbridge_agent.ini" },
    { name: "dhcp_agent.ini" },
    { name: "l3_agent.ini" },
    { name: "metadata_agent.ini" },
  ],
  databases: ["neutron"],
  schema: [command("neutron-db-manage", "ml2.ini").concat("upgrade", "heads")],
  endpoint: { name: "neutron", type: "network", url: "http://127.0.0.1:9696" },
  services: [
    { name: "neutron-server", stage: "control", port: 9696, command: command("neutron-server", "ml2.ini") },
    agent("neutron-linuxbridge-agent", "ml2.ini", "linuxbridge_agent.ini"),
    agent("neutron-dhcp-agent", "dhcp_agent.ini"),
    agent("neutron-l3-agent", "l3_agent.ini"),
    agent("neutron-metadata-agent", "metadata_agent.ini"),
  ],
};

function agent(name: string, ...files: string[]): Service {
  return { name, stage: "agents", command: command(name, ...files) };
}

function command(name: string, ...files: string[]): string[] {
  return [name, ...["neutron.conf", ...files].flatMap((file) => ["--config-file", configurationPath(file)])];
}
