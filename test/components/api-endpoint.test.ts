import * as openstack from "@pulumi/openstack";
import { output } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ApiEndpoint } from "../../components/index.ts";
import { deploy, settled } from "../support/deploy.ts";

const port = () => new openstack.networking.Port("demo", { networkId: "network" });

it("sends a floating IP to the first control plane's port", async () => {
  let endpoint: ApiEndpoint | undefined;
  const plan = await deploy(() => {
    const args = { type: "floatingIp" as const, allowedCidrs: [] };
    endpoint = new ApiEndpoint("demo-api", { clusterName: "demo", endpoint: args, floatingIpPool: "public" });
    endpoint.forwardTo([port()], output("router"));
  });
  expect(
    plan.filter(({ parent }) => parent === "demo-api").map(({ type, inputs }) => ({ type: type.split(":").pop(), ...inputs })),
  ).toEqual([
    {
      type: "FloatingIp",
      pool: "public",
      description: expect.stringMatching(/^caravan-cluster=demo [0-9a-f-]{36}$/),
      tags: ["caravan-cluster=demo"],
    },
    { type: "FloatingIpAssociate", floatingIp: "203.0.113.10", portId: "demo-id" },
  ]);
  expect(await settled(endpoint!.address)).toBe("203.0.113.10:6443");
});

it("makes nothing for an address that somebody else forwards", async () => {
  let endpoint: ApiEndpoint | undefined;
  const plan = await deploy(() => {
    const args = { type: "external" as const, host: "api.example.com", allowedCidrs: [] };
    endpoint = new ApiEndpoint("demo-api", { clusterName: "demo", endpoint: args });
    endpoint.forwardTo([port()]);
  });
  expect(plan.map(({ name }) => name)).toEqual(["demo", "demo-api"]);
  expect(endpoint?.endpoint).toEqual({ host: "api.example.com", nodeHost: "api.example.com" });
  expect(await settled(endpoint!.address)).toBe("api.example.com:6443");
});

it("refuses a floating IP from nowhere, before anything is made", () => {
  const endpoint = { type: "floatingIp" as const, allowedCidrs: ["198.51.100.0/24"] };
  expect(() => new ApiEndpoint("demo-api", { clusterName: "demo", endpoint })).toThrow(
    'API endpoint "demo-api" has 1 invalid property:\n' +
      '  floatingIpPool: is missing; an endpoint of type "floatingIp" takes its address from there, so name the external network',
  );
});
