import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OpenStack } from "../../../clients/openstack/client.ts";
import { cloudSettings } from "../../../clients/openstack/cloud-settings.ts";
import { leftoverOf, removeLeftover } from "../../../operations/orphans/failed-try.ts";
import { TYPES } from "../../../operations/state/types.ts";
import { FakeOpenStack } from "../../support/fake-openstack.ts";
import { stateOf } from "../../support/stack-state.ts";

const GENERATED = { name: "workers-0-4a5b6c7", metadata: { "caravan-stack": "m1" }, __defaults: ["name", "powerState"] };

describe("the object that a failed attempt may leave behind", () => {
  it.each([
    ["a server with a generated name", TYPES.server, GENERATED, "findable"],
    ["a server with a given name, as another stack may have one", TYPES.server, { name: "shop-0", __defaults: [] }, "not findable"],
    ["a floating IP", TYPES.floatingIp, { description: "caravan-cluster=shop 4e03048e-69bb-49a7-80da-5cd5caffa6d1 -api" }, "findable"],
    ["a DNS record", TYPES.recordSet, { description: "caravan-cluster=shop 4e03048e-69bb-49a7-80da-5cd5caffa6d1 -api" }, "findable"],
    ["a rule, of which a group has no two", TYPES.securityGroupRule, { securityGroupId: "1" }, "none possible"],
    ["an attachment", "openstack:compute/volumeAttach:VolumeAttach", {}, "none possible"],
  ] as const)("%s", (_, type, inputs, expected) => {
    expect(leftoverOf(type, inputs)).toBe(expected);
  });
});

describe("the removal of that object", () => {
  let cloud: FakeOpenStack;

  beforeEach(async () => {
    cloud = new FakeOpenStack();
    await cloud.start();
  });
  afterEach(() => cloud.stop());

  it("deletes the server of the attempt, and none with a similar name or of another stack", async () => {
    cloud.objects.servers = [
      { id: "lost", name: GENERATED.name, metadata: GENERATED.metadata },
      { id: "longer", name: `${GENERATED.name}8`, metadata: GENERATED.metadata },
      { id: "of another stack", name: GENERATED.name, metadata: { "caravan-stack": "m2" } },
    ];
    const environment = { OS_AUTH_URL: cloud.url, OS_USERNAME: "ann", OS_PROJECT_NAME: "web", OS_PASSWORD: "secret" };
    const openStack = await OpenStack.connect(cloudSettings({}, environment));
    const create = { urn: "urn::w", type: TYPES.server, inputs: GENERATED };
    const removed = await removeLeftover(openStack, create, async () => stateOf([]));
    expect(removed).toEqual([{ kind: "server", id: "lost", name: GENERATED.name, urn: "urn::w" }]);
    expect(cloud.objects.servers.map(({ id }) => id)).toEqual(["longer", "of another stack"]);
  });
});
