import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parts, stages } from "../../../devcloud/openstack/component.ts";
import { components, optional, services, servicesOf } from "../../../devcloud/openstack/components/index.ts";

const templates = new URL("../../../devcloud/openstack/etc/", import.meta.url);

describe("the table of components", () => {
  it("starts these services in these stages", () => {
    const names = (stage: (typeof stages)[number]) => servicesOf(stage).map((service) => service.name);
    expect(stages.map((stage) => [stage, names(stage)])).toEqual([
      ["base", ["mariadb", "memcached", "rabbitmq", "libvirtd", "charts"]],
      ["identity", ["keystone"]],
      ["control", ["glance-api", "placement-api", "neutron-server", "nova-api", "nova-conductor", "nova-scheduler"]],
      ["agents", ["neutron-linuxbridge-agent", "neutron-dhcp-agent", "neutron-l3-agent", "neutron-metadata-agent", "nova-compute"]],
    ]);
  });

  it("starts these services only on demand", () => {
    expect(parts.map((part) => [part, servicesOf(part).map((service) => service.name)])).toEqual([
      ["designate", ["named", "designate-api", "designate-central", "designate-mdns", "designate-producer", "designate-worker"]],
      ["octavia", ["octavia-api", "octavia-worker"]],
      ["cinder", ["cinder-api", "cinder-scheduler", "cinder-volume"]],
      ["registry", ["registry"]],
      ["proxy", ["proxy"]],
      ["s3", ["s3"]],
    ]);
  });

  it("gives every service its own name and every port to one service", () => {
    const names = services.map((service) => service.name);
    const ports = services.flatMap((service) => service.port ?? []);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it("waits for the port of each API before the agents start", () => {
    const silent = [...servicesOf("identity"), ...servicesOf("control")].filter((service) => service.port === undefined);
    expect(silent.map((service) => service.name)).toEqual(["nova-conductor", "nova-scheduler"]);
  });

  it("has a template for each configuration file, and no unused template", () => {
    const used = [...components, ...Object.values(optional)].flatMap((component) => component.configuration ?? []).map((file) => file.name);
    expect(used.filter((name) => !existsSync(new URL(name, templates)))).toEqual([]);
    expect(readdirSync(templates).sort()).toEqual(used.sort());
  });

  it("puts these services into the catalogue", () => {
    expect(components.flatMap((component) => component.endpoint ?? [])).toEqual([
      { name: "glance", type: "image", url: "http://127.0.0.1:9292" },
      { name: "placement", type: "placement", url: "http://127.0.0.1:8778" },
      { name: "neutron", type: "network", url: "http://127.0.0.1:9696" },
      { name: "nova", type: "compute", url: "http://127.0.0.1:8774/v2.1" },
    ]);
    expect(parts.map((part) => optional[part].endpoint)).toEqual([
      { name: "designate", type: "dns", url: "http://127.0.0.1:9001" },
      { name: "octavia", type: "load-balancer", url: "http://127.0.0.1:9876" },
      { name: "cinderv3", type: "volumev3", url: "http://127.0.0.1:8776/v3/%(project_id)s" },
      undefined,
      undefined,
      undefined,
    ]);
  });
});
