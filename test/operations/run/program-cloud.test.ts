import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { isCloudOfEnvironment, programCloud } from "../../../operations/run/program-cloud.ts";

afterEach(() => {
  vi.restoreAllMocks();
  pulumi.runtime.setAllConfig({});
});

it("is the cloud in the configuration of Pulumi's plugin, or else that of the environment", () => {
  pulumi.runtime.setAllConfig({ "openstack:cloud": "company", "openstack:region": "north" });
  expect([programCloud(), isCloudOfEnvironment()]).toEqual([{ cloud: "company", region: "north" }, true]);
  pulumi.runtime.setAllConfig({ "openstack:authUrl": "https://cloud.example.com:5000/v3" });
  expect([programCloud(), isCloudOfEnvironment()]).toEqual([{}, false]);
});

it("is the environment's cloud when a stack has no configuration at all", () => {
  vi.spyOn(pulumi.Config.prototype, "get").mockImplementation(() => Object.keys(JSON.parse("null"))[0]);
  expect([programCloud(), isCloudOfEnvironment()]).toEqual([{}, true]);
});
