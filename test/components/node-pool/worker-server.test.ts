import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { WorkerServer, type WorkerServerArgs } from "../../../components/node-pool/worker-server.ts";
import { settled } from "../../support/deploy.ts";
import { watchRegistrations } from "../../support/registrations.ts";

const ARGS: WorkerServerArgs = {
  imageId: pulumi.output("image"),
  flavorId: "flavor",
  userData: pulumi.secret("#cloud-config"),
  metadata: { pool: "default" },
  tags: ["caravan-cluster=demo"],
  networks: [{ uuid: pulumi.output("network") }],
  securityGroups: ["nodes"],
};
const OPTIONS = { ignoreChanges: ["userData"], replaceOnChanges: ["imageId"] };

/** Returns the request to the engine, without positions in the program, and the outputs of the resource. */
async function requestOf(make: () => openstack.compute.Instance | WorkerServer) {
  const newResource = () => ({ id: "id", state: { name: "web-0-0123456", accessIpV4: "10.40.1.0", powerState: "active" } });
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) });
  let request: Record<string, unknown> = {};
  watchRegistrations((message) => {
    request = message.toObject();
  });
  const { id, name, accessIpV4 } = make();
  const outputs = await settled(pulumi.all([id, name, accessIpV4]));
  const { sourceposition: _position, stacktrace: _trace, ...others } = request;
  return { request: others, outputs };
}

it("sends the engine the same request as the class of the OpenStack package", async () => {
  const own = await requestOf(() => new WorkerServer("web-0", ARGS, OPTIONS));
  expect(own).toEqual(await requestOf(() => new openstack.compute.Instance("web-0", ARGS, OPTIONS)));
  expect(own.request).toMatchObject({
    type: "openstack:compute/instance:Instance",
    name: "web-0",
    additionalsecretoutputsList: ["adminPass"],
  });
  expect(own.outputs).toEqual(["id", "web-0-0123456", "10.40.1.0"]);
});

it("keeps only outputs of its arguments, and those that a pool reads", () => {
  const server = new WorkerServer("web-0", ARGS, OPTIONS);
  const outputs = Object.entries(server).flatMap(([name, value]) => (pulumi.Output.isInstance(value) ? name : []));
  expect(outputs.sort()).toEqual([...Object.keys(ARGS), "accessIpV4", "availabilityZone", "id", "region", "name", "urn"].sort());
});
