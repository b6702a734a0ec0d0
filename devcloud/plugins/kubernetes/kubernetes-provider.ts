import { isDeepStrictEqual } from "node:util";
import { NOT_SERVED } from "../server/fields.ts";
import { propertyDiffs } from "../server/property-diff.ts";
import { hasUnknown, type PropertyMap, reveal } from "../server/property-values.ts";
import type { CheckResult, Diff, Provider, ResourceType } from "../server/provider.ts";
import { notServed } from "../server/provider-service.ts";
import { Configuration } from "./configuration.ts";
import { ObjectResource } from "./objects/object-resource.ts";
import { ReleaseResource } from "./releases/release-resource.ts";

// Settings that change the official plugin's behaviour in ways that this one does not support.
const notServedConfiguration = [
  "renderYamlToDirectory",
  "helmReleaseSettings",
  "kubeClientSettings",
  "skipUpdateUnreachable",
  "strictMode",
];
const clusterProperties = ["kubeconfig", "context", "cluster"];

/** Stand-in for version 4.34.2 of the Kubernetes provider. */
export class KubernetesProvider implements Provider {
  readonly version = "4.34.2";
  #release: ReleaseResource | undefined;
  #objects: ObjectResource | undefined;

  checkConfig(inputs: PropertyMap): CheckResult {
    const refused = notServedConfiguration.filter((name) => inputs[name] !== undefined);
    const failures = refused.map((property) => ({ property, reason: `'${property}' is ${NOT_SERVED}` }));
    if (String(inputs.enableServerSideApply ?? "true") !== "true")
      failures.push({ property: "enableServerSideApply", reason: `client-side apply is ${NOT_SERVED}` });
    return { inputs, failures };
  }

  /** Compares configurations. A provider that leads to another cluster replaces all its resources. */
  diffConfig(olds: PropertyMap, news: PropertyMap): Diff {
    const otherCluster = leadsToOtherCluster(reveal(olds) as PropertyMap, reveal(news) as PropertyMap);
    const replaces = (path: string) => otherCluster && [...clusterProperties, "clusterIdentifier"].includes(path);
    return { changes: propertyDiffs(configuration(olds), configuration(news), replaces) };
  }

  /** Configures the provider, and checks once whether the cluster can be reached, for all later operations. */
  async configure(config: PropertyMap): Promise<void> {
    const configuration = new Configuration(reveal(config) as PropertyMap);
    await configuration.reach();
    this.#release = new ReleaseResource(configuration);
    this.#objects = new ObjectResource(configuration);
  }

  resourceType(type: string): ResourceType {
    if (this.#release === undefined || this.#objects === undefined) throw new Error("the provider is used before it is configured");
    if (type === "kubernetes:helm.sh/v3:Release") return this.#release;
    return isObjectType(type) ? this.#objects : notServed(type);
  }
}

/**
 * Returns whether a type is an object of the API, with a version such as v1 or v1beta2 (kubernetes:apps/v1:Deployment). Lists are no
 * resources.
 */
function isObjectType(type: string): boolean {
  return /^kubernetes:(?!helm\.sh|kustomize|yaml)[^:]+\/v\d+((alpha|beta)\d+)?:\w+(?<!List)$/.test(type);
}

/**
 * Returns whether the provider leads to another cluster: by the clusters' identifiers, if both have one, and otherwise by the kubeconfigs.
 */
function leadsToOtherCluster(olds: PropertyMap, news: PropertyMap): boolean {
  const identifiers = [olds.clusterIdentifier, news.clusterIdentifier];
  if (identifiers.every((identifier) => identifier !== undefined)) return !isDeepStrictEqual(identifiers[0], identifiers[1]);
  if (clusterProperties.some((name) => hasUnknown(news[name] ?? null))) return true;
  return !isDeepStrictEqual(cluster(olds), cluster(news));
}

function cluster(config: PropertyMap) {
  const { server, certificateAuthority } = new Configuration(config).access;
  return { server, certificateAuthority };
}

function configuration({ version: _version, ...properties }: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}
