import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { programCloud } from "../../../operations/run/program-cloud.ts";

afterEach(() => {
  vi.restoreAllMocks();
  pulumi.runtime.setAllConfig({});
});

it("is what the configuration says to Pulumi's plugin; the environment decides the rest", () => {
  pulumi.runtime.setAllConfig({ "openstack:cloud": "company", "openstack:region": "north" });
  expect(programCloud()).toEqual({ cloud: "company", region: "north" });
  const config = { authUrl: "https://cloud.example.com:5000/v3", userName: "ann", password: "secret", insecure: "true", maxRetries: "3" };
  const endpointOverrides = { compute: "https://nova.example.com/v2.1/" };
  const all = { ...config, endpointOverrides: JSON.stringify(endpointOverrides) };
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries(all).map(([key, value]) => [`openstack:${key}`, value])));
  const { maxRetries, ...own } = config;
  expect(programCloud()).toEqual({ ...own, endpointOverrides });
});

it("is the environment's cloud when a stack has no configuration at all", () => {
  vi.spyOn(pulumi.Config.prototype, "get").mockImplementation(() => Object.keys(JSON.parse("null"))[0]);
  expect(programCloud()).toEqual({});
});
