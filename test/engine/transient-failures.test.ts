import { expect, it, onTestFinished } from "vitest";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";

/** Timeout in milliseconds: a first run builds Pulumi's tools if they are missing. */
const MILLISECONDS = 240_000;

it(
  "goes on after transient failures of lookups and creations, in whose place nothing is left behind",
  async () => {
    const once = (call: string, status: number) => ({ call, effect: { status }, limit: 1 });
    const requests = [
      once("GET /network/v2.0/networks", 408),
      once("POST /network/v2.0/networks", 408),
      once("POST /network/v2.0/routers", 504),
      { call: "POST /network/v2.0/security-groups", effect: "cut" as const, limit: 1 },
    ];
    const cloud = new FakeCloud({ faults: { requests } });
    await cloud.start();
    onTestFinished(() => cloud.stop());
    const program = { name: "addresses", folder: "test/engine/programs/addresses" };
    const stack = await EngineStack.create(cloud, { program, config: { "addresses:bastion": "false" } });
    onTestFinished(() => stack.remove());
    expect((await stack.attempt()).error).toBeUndefined();
    expect(cloud.inventory).toMatchObject({ networks: 1, routers: 1, securityGroups: 2 });
  },
  MILLISECONDS,
);
