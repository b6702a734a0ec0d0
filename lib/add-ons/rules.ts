import { checkFlagNames } from "../flags.ts";
import type { Problems } from "../problems.ts";
import { isImageRepository } from "../registries/rules.ts";
import { metricsServerObjects } from "./metrics-server.ts";
import { type AddOnObject, type AddOnValues, keyOf } from "./object.ts";
import type { AddOnSettings, MetricsServerSettings } from "./settings.ts";
import { ADD_ON_VERSIONS, checkAddOnVersion } from "./versions.ts";

/** Checks the add-ons of a cluster. */
export function checkAddOns({ metricsServer }: AddOnSettings, kubernetesVersion: string, problems: Problems): void {
  if (typeof metricsServer === "object") checkMetricsServer(metricsServer, kubernetesVersion, problems.at("metricsServer"));
}

/** Checks the settings of metrics-server. */
export function checkMetricsServer(settings: MetricsServerSettings, kubernetesVersion: string, problems: Problems): void {
  const { version, image, extraArgs = {}, values = {} } = settings;
  if (version !== undefined) checkAddOnVersion(ADD_ON_VERSIONS.metricsServer, version, kubernetesVersion, problems);
  if (image !== undefined && !isImageRepository(image))
    problems.add(
      "image",
      `"${image}" is not an image without its tag; write it like registry.example.com/metrics-server, and the tag as version`,
    );
  checkFlagNames(extraArgs, {}, problems.at("extraArgs"));
  if (extraArgs["kubelet-insecure-tls"] !== undefined && extraArgs["kubelet-insecure-tls"] !== "false") {
    const reason =
      "lets anybody on the nodes' network pretend to be a kubelet, but the cluster's CA signs kubelets' certificates; leave it out";
    problems.add("extraArgs.kubelet-insecure-tls", reason);
  }
  checkValues(values, metricsServerObjects({ kubernetesVersion, nodes: 1 }, { replicas: 2 }), problems.at("values"));
}

/** Checks that values are for objects that an add-on has. */
function checkValues(values: AddOnValues, objects: readonly AddOnObject[], problems: Problems): void {
  const known = objects.map(keyOf);
  for (const key of Object.keys(values))
    if (!known.includes(key)) problems.add(`["${key}"]`, `is no object of this add-on; use ${known.join(", ")}, or remove it`);
}
