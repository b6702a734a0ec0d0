import { expect, it } from "vitest";
import { FakeCloud, type FakeCloudOptions } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";

/** Timeout in milliseconds: a first run builds Pulumi's tools if they are missing. */
const MILLISECONDS = 240_000;

const ERROR = /^error: OpenStack at http:\S+ cannot be used: it does not accept the credentials \(.*: 401 .*\); look at those in/;

const REFUSED = { requests: [{ call: "POST /identity/v3/auth/tokens", effect: { status: 401 } }] };

async function whatFails(options: FakeCloudOptions, config: Record<string, string>): Promise<string[]> {
  const cloud = new FakeCloud(options);
  await cloud.start();
  const stack = await EngineStack.create(cloud, { program: { name: "addresses", folder: "test/engine/programs/addresses" }, config });
  try {
    const { error = "" } = await stack.attempt();
    const lines = error.split("\n").map((line) => line.trim());
    return lines.filter((line) => line.startsWith("error: "));
  } finally {
    await stack.remove();
    cloud.stop();
  }
}

it(
  "reports refused credentials by one error, for any resources of the program",
  async () => expect(await whatFails({ faults: REFUSED }, {})).toEqual([expect.stringMatching(ERROR)]),
  MILLISECONDS,
);

it(
  "signs in with the credentials of the stack's configuration, as the plugin does",
  async () => expect(await whatFails({}, { "openstack:password": "wrong" })).toEqual([expect.stringMatching(ERROR)]),
  MILLISECONDS,
);
