import { output } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { type AddOnObject, finished, keyOf, merged, stageOf, timeoutOf } from "../../../lib/add-ons/object.ts";

const object = (kind: string, name = "web"): AddOnObject => ({ apiVersion: "v1", kind, metadata: { name } });

it("labels all objects with the add-on's name, and keeps their own labels", () => {
  const labelled: AddOnObject = { ...object("Service"), metadata: { name: "web", labels: { app: "web" } } };
  expect(finished("monitoring", [object("Secret"), labelled])).toEqual([
    { apiVersion: "v1", kind: "Secret", metadata: { name: "web", labels: { "caravan.dev/add-on": "monitoring" } } },
    { apiVersion: "v1", kind: "Service", metadata: { name: "web", labels: { app: "web", "caravan.dev/add-on": "monitoring" } } },
  ]);
});

it("gives an object the values of its kind and name", () => {
  const [service, secret] = finished("logs", [object("Service"), object("Secret")], { "Secret/web": { data: { a: "b" } } });
  expect([keyOf(service!), service!.data, secret!.data]).toEqual(["Service/web", undefined, { a: "b" }]);
});

it("merges maps, and lists of what has names, and replaces all else", () => {
  const base = { a: { b: 1, c: [1, 2] }, list: [{ name: "x", env: { k: "1" } }, { name: "y" }], kept: true };
  const over = { a: { c: [3] }, list: [{ name: "y", image: "i" }, { name: "z" }] };
  expect(merged(base, over)).toEqual({
    a: { b: 1, c: [3] },
    list: [{ name: "x", env: { k: "1" } }, { name: "y", image: "i" }, { name: "z" }],
    kept: true,
  });
});

it("does not look into a value that is known later", () => {
  const later = output("secret");
  expect((merged({ data: { password: "old" } }, { data: { password: later } }) as { data: object }).data).toEqual({ password: later });
  expect(merged({ data: later }, { other: 1 })).toEqual({ data: later, other: 1 });
});

it("makes what pods need before them, and an API after the pods that serve it", () => {
  const kinds = [
    "Namespace",
    "Secret",
    "ClusterRole",
    "StorageClass",
    "Deployment",
    "DaemonSet",
    "StatefulSet",
    "Service",
    "PodDisruptionBudget",
    "APIService",
  ];
  expect(kinds.map((kind) => `${stageOf(object(kind))} ${kind}`)).toEqual([
    "0 Namespace",
    "0 Secret",
    "0 ClusterRole",
    "0 StorageClass",
    "1 Deployment",
    "1 DaemonSet",
    "1 StatefulSet",
    "1 Service",
    "1 PodDisruptionBudget",
    "2 APIService",
  ]);
});

it("waits for pods for a minute longer than Kubernetes does", () => {
  expect(timeoutOf({ ...object("Deployment"), spec: { progressDeadlineSeconds: 300 } })).toBe(360);
  expect(timeoutOf({ ...object("Deployment"), spec: { progressDeadlineSeconds: output(300) } })).toBe(660);
  expect(timeoutOf(object("DaemonSet"))).toBe(660);
});
