import { expect, it } from "vitest";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { INSTANT } from "../fake-openstack/settings.ts";
import { EngineStack } from "./engine-stack.ts";

/** Timeout in milliseconds: a first run builds Pulumi's tools if they are missing. */
const MILLISECONDS = 240_000;

it.each([
  ["amphora", ["LEAST_CONNECTIONS", "HTTPS", ["10.43.0.0/24", "172.24.4.0/22"]]],
  ["ovn", ["SOURCE_IP_PORT", "TCP", undefined]],
] as const)(
  "makes what the cloud's default provider %s can do, and changes nothing in a second run",
  async (loadBalancerProvider, expected) => {
    const cloud = new FakeCloud({ settings: { ...INSTANT, loadBalancerProvider } });
    await cloud.start();
    const program = { name: "balanced", folder: "test/engine/programs/load-balancer" };
    const stack = await EngineStack.create(cloud, { program, config: { "balanced:settings": {} } });
    try {
      await stack.up();
      const { pool, healthmonitor, listener } = cloud.octavia.parts;
      expect([pool?.lb_algorithm, healthmonitor?.type, listener?.allowed_cidrs]).toEqual(expected);
      await stack.up(["--refresh", "--expect-no-changes"]);
    } finally {
      await stack.remove();
      cloud.stop();
    }
  },
  MILLISECONDS,
);
