import { expect, test } from "vitest";
import { withManager } from "../../../../devcloud/plugins/kubernetes/objects/field-managers.ts";
import { inputsWithDrift } from "../../../../devcloud/plugins/kubernetes/objects/object-state.ts";
import { replacementRule } from "../../../../devcloud/plugins/kubernetes/objects/replacement.ts";

test("the creator's fields move to the manager that applies, beside its own; fields of others stay", () => {
  const entry = (manager: string, operation: string, fields: string[], subresource?: string) => ({
    manager,
    operation,
    fieldsV1: { "f:data": Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
    ...(subresource !== undefined && { subresource }),
  });
  const others = [entry("kubelet", "Update", ["d"]), entry("pulumi-kubernetes", "Update", ["e"], "status")];
  const taken = withManager([entry("pulumi-kubernetes", "Update", ["a"]), entry("mine", "Apply", ["b"]), ...others], "mine");
  expect(taken).toEqual([entry("mine", "Apply", ["b", "a"]), ...others]);
  expect(withManager(taken!, "mine")).toBeUndefined();
});

test("drift is a change in the cluster since the last run, not another form of the same value", () => {
  const inputs = { cpu: "1000m", size: 1, labels: { a: "b" } };
  const before = { cpu: "1", size: 1, labels: { a: "b" }, uid: "x" };
  expect(inputsWithDrift(inputs, before, { ...before, size: 2, labels: {} })).toEqual({ cpu: "1000m", size: 2, labels: {} });
});

test("fields that the server refuses to change force a replacement, and so does the data of ConfigMaps and Secrets unless they are mutable", () => {
  const immutable = { configMapsMutable: false, secretsMutable: false };
  const deployment = replacementRule({ apiVersion: "apps/v1", kind: "Deployment" }, immutable);
  expect(["spec.selector.matchLabels.a", "metadata.name", "spec.replicas"].map(deployment)).toEqual([true, true, false]);
  const configMap = { apiVersion: "v1", kind: "ConfigMap" };
  expect(replacementRule(configMap, immutable)("data.a")).toBe(true);
  expect(replacementRule(configMap, { ...immutable, configMapsMutable: true })("data.a")).toBe(false);
  expect(replacementRule({ ...configMap, immutable: true }, { ...immutable, configMapsMutable: true })("data.a")).toBe(true);
});
