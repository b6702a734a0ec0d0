import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { after, allReady, gate, type Ready } from "../../../components/engine/gate.ts";
import { deploy, settled } from "../../support/deploy.ts";

/** Returns the dependencies of a resource that is made after a port. */
async function dependenciesOf(optionsOf: (port: openstack.networking.Port) => { cidr?: pulumi.Output<string>; dependsOn?: Ready }) {
  const plan = await deploy(() => {
    const { cidr, dependsOn } = optionsOf(new openstack.networking.Port("port", { networkId: "network" }));
    new openstack.networking.Subnet("subnet", { networkId: "network", cidr: cidr ?? "" }, dependsOn ? { dependsOn } : {});
  });
  return plan.find(({ name }) => name === "subnet")?.dependencies;
}

it("after() returns a value with the dependencies of all others", async () => {
  expect(await settled(after("10.40.0.0/16", "known", undefined))).toBe("10.40.0.0/16");
  expect(await dependenciesOf(({ id }) => ({ cidr: after("10.40.0.0/16", id) }))).toEqual(["port"]);
});

it("after() keeps secrets, and returns a secret when another value is one", async () => {
  const outputs = [after(pulumi.secret("key"), "known"), after("plain", pulumi.secret("key")), after("plain", "known")];
  expect(await Promise.all(outputs.map((output) => pulumi.isSecret(output)))).toEqual([true, true, false]);
});

it("gate() makes a resource wait for an output, and depend on the output's resources", async () => {
  expect(await dependenciesOf(({ id }) => ({ dependsOn: gate(id) }))).toEqual(["port"]);
  expect(await dependenciesOf(({ id }) => ({ dependsOn: allReady([id, "known", undefined]) }))).toEqual(["port"]);
});
