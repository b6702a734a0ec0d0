import { expect, it } from "vitest";
import { checkAddOns } from "../../../lib/add-ons/rules.ts";
import type { AddOnSettings } from "../../../lib/add-ons/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (addOns: AddOnSettings) => problemsOf((problems) => checkAddOns(addOns, "1.36.3", problems));

it("accepts add-ons that are on, off, or have settings", () => {
  expect(check({})).toEqual([]);
  expect(check({ metricsServer: true })).toEqual([]);
  expect(check({ metricsServer: false })).toEqual([]);
  const values = { "PodDisruptionBudget/metrics-server": { spec: { minAvailable: 2 } } };
  expect(check({ metricsServer: { version: "0.9.1", replicas: 3, extraArgs: { "kubelet-insecure-tls": "false" }, values } })).toEqual([]);
});

it("names all problems of an add-on at once", () => {
  const metricsServer = {
    version: "0.7.2",
    image: "https://registry.example.com/metrics",
    extraArgs: { "-v": "2", "kubelet-insecure-tls": "true" },
    values: { "Deployment/other": {}, "ConfigMap/metrics-server": {} },
  };
  expect(check({ metricsServer }).map((line) => line.split(": ")[0])).toEqual([
    "metricsServer.version",
    "metricsServer.image",
    'metricsServer.extraArgs["-v"]',
    "metricsServer.extraArgs.kubelet-insecure-tls",
    'metricsServer.values["Deployment/other"]',
    'metricsServer.values["ConfigMap/metrics-server"]',
  ]);
});
