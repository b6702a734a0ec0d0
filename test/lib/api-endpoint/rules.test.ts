import { expect, it } from "vitest";
import type { AnyOf } from "../../../lib/any-of.ts";
import { checkApiEndpoint, checkEndpoint, type EndpointContext } from "../../../lib/api-endpoint/rules.ts";
import type { ApiEndpointSettings } from "../../../lib/api-endpoint/settings.ts";
import { Problems } from "../../../lib/problems.ts";

const sound: AnyOf<ApiEndpointSettings> = { type: "vip", allowedCidrs: ["198.51.100.0/24"] };
const context: EndpointContext = { network: { cidr: "10.40.0.0/16", externalNetwork: "public" }, controlPlanes: 3 };

function problemsOf(endpoint: AnyOf<ApiEndpointSettings>, more: Partial<EndpointContext> = {}): string[] {
  const problems = new Problems();
  checkApiEndpoint({ ...sound, ...endpoint }, { ...context, ...more }, problems);
  return problems.lines;
}

it.each<AnyOf<ApiEndpointSettings>>([
  { type: "octavia" },
  { type: "octavia", provider: "ovn", algorithm: "SOURCE_IP_PORT", monitor: "TCP", zone: "az1" },
  { type: "octavia", provider: "amphora", algorithm: "SOURCE_IP", monitor: "HTTPS" },
  { type: "octavia", monitor: "TCP" },
  { type: "octavia", provider: "vendor", algorithm: "SOURCE_IP_PORT", monitor: "HTTPS", flavorId: "3fa85f64-5717-4562-b3fc-2c963f66afa6" },
  { type: "vip" },
  { type: "vip", address: "10.40.0.5", port: 443, floatingIp: true },
  { type: "external", host: "api.example.com", port: 6443 },
  { type: "external", host: "192.0.2.7", dns: { zone: "example.com." } },
  { type: "vip", dns: { zone: "ee5c54f0-1f5c-4b3c-8f0a-0b1f6f6d2c11", name: "api.demo" } },
])("accepts %j", (endpoint) => {
  expect(problemsOf(endpoint)).toEqual([]);
});

it("requires the networks that may reach the API", () => {
  expect(problemsOf({ allowedCidrs: [] })).toEqual([
    'apiEndpoint.allowedCidrs: is empty, so nobody could reach the API; name the networks of its users, like ["198.51.100.0/24"]',
  ]);
  expect(problemsOf({ allowedCidrs: ["everybody"] })).toEqual([
    'apiEndpoint.allowedCidrs[0]: "everybody" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16',
  ]);
});

it.each(["10.41.0.5", "10.40.0.0", "10.40.255.255"])(
  "refuses the virtual address %s, which no machine of the network can have",
  (address) => {
    expect(problemsOf({ address })).toEqual([
      `apiEndpoint.address: ${address} is no address for a machine of the nodes' network 10.40.0.0/16; choose one of it that is not in use`,
    ]);
  },
);

it("refuses a malformed address, whatever the network", () => {
  const problems = new Problems();
  checkEndpoint({ ...sound, address: "10.40.0" }, undefined, problems);
  expect(problems.lines).toEqual(['address: "10.40.0" is not an IPv4 address; write it like 10.40.0.5']);
});

it.each([
  [22, "SSH"],
  [2380, "etcd"],
  [2479, "Cilium's etcd"],
  [6443, "the API server itself"],
  [10250, "Kubernetes' own components"],
  [30001, "services of type NodePort"],
])("refuses the port %i for a virtual address", (port, by) => {
  expect(problemsOf({ port })).toEqual([`apiEndpoint.port: ${port} is used on control planes by ${by}; choose another port, like 8443`]);
});

it.each<[NonNullable<AnyOf<ApiEndpointSettings>["type"]>, number]>([
  ["vip", 0],
  ["vip", 65536],
  ["external", 1.5],
])("refuses a number that is no port for type %s: %d", (type, port) => {
  expect(problemsOf({ type, port, host: "192.0.2.7" })).toEqual([`apiEndpoint.port: ${port} is not a TCP port; use 1 to 65535`]);
});

it("refuses one floating IP for several control planes", () => {
  expect(problemsOf({ type: "floatingIp" })).toEqual([
    'apiEndpoint.type: "floatingIp" reaches one control plane, not 3; use "octavia", "vip" or "external", or set controlPlane.count to 1',
  ]);
});

it.each<[AnyOf<ApiEndpointSettings>, string]>([
  [{ type: "floatingIp" }, 'an API endpoint of type "floatingIp"'],
  [{ type: "vip", floatingIp: true }, 'the floating IP of an API endpoint of type "vip"'],
])("requires the external network for %j", (endpoint, what) => {
  expect(problemsOf(endpoint, { network: { cidr: "10.40.0.0/16" }, controlPlanes: 1 })).toEqual([
    `network.externalNetwork: is missing; ${what} is taken from there, so name the external network`,
  ]);
});

it.each([
  [{ zone: "-example.com" }, 'apiEndpoint.dns.zone: "-example.com" is neither a zone\'s name nor its id; write it like "k8s.example.com."'],
  [{ zone: "a..b" }, 'apiEndpoint.dns.zone: "a..b" is neither a zone\'s name nor its id; write it like "k8s.example.com."'],
  [
    { zone: "example.com", name: "api." },
    'apiEndpoint.dns.name: "api." is not a name in a zone; write it without the zone, like "api" or "api.demo"',
  ],
])("refuses the DNS name %j", (dns, problem) => {
  expect(problemsOf({ dns })).toEqual([problem]);
});

it("refuses a DNS name that is too long", () => {
  const name = Array(4).fill("a".repeat(63)).join(".");
  expect(problemsOf({ dns: { zone: "example.com.", name } })).toEqual([
    `apiEndpoint.dns.name: "${name}.example.com" is longer than the 253 characters of a DNS name; shorten it`,
  ]);
});

it("refuses a DNS record for a host that is given by name", () => {
  expect(problemsOf({ type: "external", host: "api.example.com", dns: { zone: "example.com" } })).toEqual([
    'apiEndpoint.host: "api.example.com" is a name, and the DNS record needs an IPv4 address; give the address, or leave dns out',
  ]);
});
