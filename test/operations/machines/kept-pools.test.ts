import { expect, it } from "vitest";
import { keptPools } from "../../../operations/machines/kept-pools.ts";
import { resource, stateOf, urnOf } from "../../support/stack-state.ts";

const parent = urnOf("NodePool", "demo-web");
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
const server = (name: string, inputs: object, more: object = {}) =>
  resource("Instance", name, { parent, id: `${name}-id`, inputs: { ...inputs }, ...more });

it("reads what the machines of pools are made from, and which are still to be deleted", () => {
  const pools = keptPools(
    stateOf([
      resource("NodePool", "demo-web"),
      server("demo-web-0", { __defaults: [], imageId: "a", networks: [{ uuid: "net" }], flavorId: "f" }, { replacementTrigger: "" }),
      server("demo-web-1", { imageId: "b", networks: [{ port: "port" }] }, { initErrors: ["no host"] }),
      resource("Port", "demo-web-1", { parent, inputs: { networkId: "net" }, ...{ replacementTrigger: "trigger" } }),
      server("demo-web-1", { imageId: "a", networks: [{ uuid: "net" }] }, { delete: true }),
      resource("Instance", "demo-control-plane-0", { parent: urnOf("ControlPlane", "demo-control-plane"), id: "id" }),
    ]),
  );
  const { workers, leftovers } = pools.get(parent)!;
  expect([...pools.keys(), leftovers]).toEqual([parent, 1]);
  const urn = (name: string) => urnOf("Instance", name);
  expect(Object.fromEntries(workers)).toEqual({
    "demo-web-0": { urn: urn("demo-web-0"), inputs: { imageId: "a" }, networkId: "net", trigger: "", isFailed: false },
    "demo-web-1": {
      urn: urn("demo-web-1"),
      inputs: { imageId: "b" },
      port: { trigger: "trigger" },
      networkId: "net",
      trigger: undefined,
      isFailed: true,
    },
  });
});

it("knows nothing of machines whose image is a secret, and of networks that are", () => {
  const pools = keptPools(stateOf([server("demo-web-0", { imageId: secret }), server("demo-web-1", { imageId: "a", networks: secret })]));
  const found = pools.get(parent)!.workers;
  expect([[...found.keys()], found.get("demo-web-1")?.networkId]).toEqual([["demo-web-1"], undefined]);
});
