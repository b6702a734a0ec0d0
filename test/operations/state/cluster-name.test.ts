import { expect, it } from "vitest";
import { clusterIn, clusterName } from "../../../operations/state/cluster-name.ts";

const none = { given: undefined, kept: undefined, stack: "dev" };

it("takes the given name, or else the stack's, for a new cluster", () => {
  expect(clusterName(none)).toBe("dev");
  expect(clusterName({ ...none, given: "demo" })).toBe("demo");
});

it("keeps the name of an existing cluster, whatever its stack is called now", () => {
  expect(clusterName({ given: undefined, kept: "dev", stack: "production" })).toBe("dev");
  expect(clusterName({ given: "dev", kept: "dev", stack: "production" })).toBe("dev");
});

it("refuses another name for an existing cluster", () => {
  expect(() => clusterName({ given: "demo", kept: "dev", stack: "dev" })).toThrow(
    'caravan:name: "demo" is not the name of this stack\'s cluster, "dev", and a cluster cannot be renamed: all of it would be recreated; ' +
      'put "dev" back, or make another stack',
  );
});

it("finds the name of an unfinished cluster in the state", () => {
  const urn = (type: string, name: string) => `urn:pulumi:renamed::caravan::${type}::${name}`;
  const resource = (type: string, name: string) => ({ type, urn: urn(type, name) });
  expect(clusterIn({})).toBeUndefined();
  expect(clusterIn({ deployment: { resources: [resource("pulumi:pulumi:Stack", "caravan-renamed")] } })).toBeUndefined();
  const resources = [resource("pulumi:pulumi:Stack", "caravan-renamed"), resource("caravan:index:KubernetesCluster", "dev")];
  expect(clusterIn({ deployment: { resources } })).toBe("dev");
});
