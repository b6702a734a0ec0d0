import { isDeepStrictEqual } from "node:util";
import { NOT_SERVED } from "../server/fields.ts";
import { propertyDiffs } from "../server/property-diff.ts";
import { hasUnknown, type PropertyMap, reveal } from "../server/property-values.ts";
import type { CheckResult, Diff, Provider, ResourceType } from "../server/provider.ts";
import { notServed } from "../server/provider-service.ts";
import { Configuration } from "./configuration.ts";
import { ObjectResource } from "./objects/object-resource.ts";
import { ReleaseResource } from "./releases/release-resource.ts";

// Configuration that changes what the plugin does in ways that this one does not know.
const notServedConfiguration = [
  "renderYamlToDirectory",
  "helmReleaseSettings",
  "kubeClientSettings",
  "skipUpdateUnreachable",
  "strictMode",
];
const clusterProperties = ["kubeconfig", "context", "cluster"];

/** The stand-in for version 4.34.2 of the Kubernetes provider. */
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

  /** A provider that leads to another cluster replaces all its resources. */
  diffConfig(olds: PropertyMap, news: PropertyMap): Diff {
    const otherCluster = leadsElsewhere(reveal(olds) as PropertyMap, reveal(news) as PropertyMap);
    const replaces = (path: string) => otherCluster && [...clusterProperties, "clusterIdentifier"].includes(path);
    return { changes: propertyDiffs(configuration(olds), configuration(news), replaces) };
  }

  /** Whether the cluster can be reached is decided here, once for all that follows. */
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

/** Objects of the API have a version such as v1 or v1beta2 (kubernetes:apps/v1:Deployment); lists of them are no resources. */
function isObjectType(type: string): boolean {
  return /^kubernetes:(?!helm\.sh|kustomize|yaml)[^:]+\/v\d+((alpha|beta)\d+)?:\w+(?<!List)$/.test(type);
}

/** The cluster's identifier decides, where there is one; else where the kubeconfigs lead. */
function leadsElsewhere(olds: PropertyMap, news: PropertyMap): boolean {
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
