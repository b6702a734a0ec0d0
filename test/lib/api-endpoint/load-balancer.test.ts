import { expect, it } from "vitest";
import { providerSettings } from "../../../lib/api-endpoint/load-balancer.ts";

const AMPHORA = { algorithm: "LEAST_CONNECTIONS", monitor: "HTTPS", filters: true };

it.each([
  ["amphora", AMPHORA],
  ["ovn", { algorithm: "SOURCE_IP_PORT", monitor: "TCP", filters: false }],
  ["vendor", AMPHORA],
])("takes what the provider %s can do, whether it is given or the cloud's default", (actual, expected) => {
  expect(providerSettings({}, actual)).toEqual(expected);
  expect(providerSettings({ provider: actual }, actual)).toEqual(expected);
});

it("prefers what is given, and knows Octavia's alias for amphora", () => {
  const given = { provider: "octavia", algorithm: "ROUND_ROBIN", monitor: "TCP" } as const;
  expect(providerSettings(given, "amphora")).toEqual({ algorithm: "ROUND_ROBIN", monitor: "TCP", filters: true });
});

it("refuses another provider for a load balancer that exists", () => {
  expect(() => providerSettings({ provider: "ovn" }, "amphora")).toThrow(
    'provider "ovn" is not that of the load balancer, "amphora", and it cannot be changed in place; write "amphora", or make a new cluster',
  );
});
