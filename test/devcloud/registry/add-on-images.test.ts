import { expect, it } from "vitest";
import { type AddOn, addOnImage, toolsOfAddOns, wantedAddOns } from "../../../devcloud/registry/add-on-images.ts";
import { stackConfig } from "../../../devcloud/stack.ts";
import { metricsServerObjects } from "../../../lib/add-ons/metrics-server.ts";
import { ADD_ONS } from "../../../lib/add-ons/versions.ts";
import { DEFAULT_KUBERNETES_VERSION } from "../../../lib/node/kubernetes-version.ts";

it("has the image of each add-on of the library, in the version that it installs", () => {
  const images = ADD_ONS.map((addOn: AddOn) => addOnImage(addOn, "/folder").name);
  const objects = metricsServerObjects({ kubernetesVersion: DEFAULT_KUBERNETES_VERSION, nodes: 1 });
  const installed = [...JSON.stringify(objects).matchAll(/"image":"([^"]*)"/g)].map(([, image]) => image);
  expect(images).toEqual(installed);
});

it("makes an image of one program", () => {
  expect(toolsOfAddOns(["metricsServer"])).toEqual(["metrics-server"]);
  expect(addOnImage("metricsServer", "/folder")).toEqual({
    name: "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
    files: { "/metrics-server": "/folder/metrics-server" },
    entrypoint: ["/metrics-server"],
  });
});

it("builds only what a stack asks for, which the stack of `npm start` does not", async () => {
  expect(wantedAddOns(await stackConfig("mini"))).toEqual([]);
  expect(wantedAddOns({ "caravan:addOns": { metricsServer: false, other: true } })).toEqual([]);
  expect(wantedAddOns({ "caravan:addOns": { metricsServer: true } })).toEqual(["metricsServer"]);
  expect(wantedAddOns({ "caravan:addOns": { metricsServer: { replicas: 2 } } })).toEqual(["metricsServer"]);
});
