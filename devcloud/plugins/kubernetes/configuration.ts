import { homedir } from "node:os";
import { join } from "node:path";
import type { PropertyMap } from "../server/property-values.ts";
import { ApiClient } from "./api-client.ts";
import { type ClusterAccess, clusterAccess, readKubeconfig } from "./kubeconfig.ts";
import { unreachableReason } from "./reachability.ts";

/** Configuration of the provider, and values derived from it. */
export class Configuration {
  readonly context: string | undefined;
  /** Removes resources of a cluster that cannot be reached from the state. */
  readonly deleteUnreachable: boolean;
  readonly configMapsMutable: boolean;
  readonly secretsMutable: boolean;
  readonly patchForce: boolean;
  /** Adopts an object that exists already when it is created. */
  readonly upsertExistingObjects: boolean;
  readonly #config: PropertyMap;
  #kubeconfig: string | undefined;
  #access: ClusterAccess | undefined;
  #client: ApiClient | undefined;
  #unreachable: string | undefined;

  constructor(config: PropertyMap) {
    this.#config = config;
    this.context = text(config.context);
    this.deleteUnreachable = flag(config.deleteUnreachable, "PULUMI_K8S_DELETE_UNREACHABLE");
    this.configMapsMutable = flag(config.enableConfigMapMutable, "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE");
    this.secretsMutable = flag(config.enableSecretMutable, "PULUMI_K8S_ENABLE_SECRET_MUTABLE");
    this.patchForce = flag(config.enablePatchForce, "PULUMI_K8S_ENABLE_PATCH_FORCE");
    this.upsertExistingObjects = flag(config.upsertExistingObjects, "PULUMI_K8S_UPSERT_EXISTING_OBJECTS");
  }

  /** Content of the given kubeconfig, or of the one in the usual places. */
  get kubeconfig(): string {
    const path = process.env.KUBECONFIG || join(homedir(), ".kube", "config");
    this.#kubeconfig ??= readKubeconfig(text(this.#config.kubeconfig) ?? path);
    return this.#kubeconfig;
  }

  get access(): ClusterAccess {
    this.#access ??= clusterAccess(this.kubeconfig, { context: this.context, cluster: text(this.#config.cluster) });
    return this.#access;
  }

  get client(): ApiClient {
    this.#client ??= new ApiClient(this.access);
    return this.#client;
  }

  /** Reason why the cluster cannot be reached. It is determined once, for all operations of the provider. */
  get unreachable(): string | undefined {
    return this.#unreachable;
  }

  /** Checks whether the cluster can be reached, by requesting the schema of its API. */
  async reach(): Promise<void> {
    this.#unreachable = await unreachableReason(this);
  }

  /** Namespace of namespaced resources that name none. */
  get namespace(): string {
    return text(this.#config.namespace) ?? this.access.namespace ?? "default";
  }
}

function text(value: PropertyMap[string] | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Flags come as texts or as booleans, from the configuration or else from the environment. */
function flag(value: PropertyMap[string] | undefined, variable: string): boolean {
  return String(value ?? process.env[variable] ?? "false") === "true";
}
