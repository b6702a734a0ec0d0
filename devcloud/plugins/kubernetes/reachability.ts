import type { Operation } from "../server/provider.ts";
import type { ApiClient } from "./api-client.ts";
import { OtherCredentials } from "./kubeconfig.ts";

/** Reachability of a cluster at the start of an operation. */
interface Reached {
  /** Reason why the cluster cannot be reached. */
  readonly unreachable: string | undefined;
  /** Removes resources of a cluster that cannot be reached from the state. */
  readonly deleteUnreachable: boolean;
}

/** Returns why a cluster cannot be reached, in the official plugin's words, or `undefined`. */
export async function unreachableReason(configuration: { readonly client: ApiClient }): Promise<string | undefined> {
  let client: ApiClient;
  try {
    ({ client } = configuration);
  } catch (error) {
    if (error instanceof OtherCredentials) throw error;
    return `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`- ${(error as Error).message}`;
  }
  try {
    await client.reaches("/openapi/v2?timeout=32s");
    return undefined;
  } catch (error) {
    return `unable to load schema information from the API server: ${(error as Error).message}`;
  }
}

/** Refuses to change an object of a cluster that cannot be reached. */
export function refuseUnreachable({ unreachable }: Pick<Reached, "unreachable">): void {
  if (unreachable !== undefined) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
}

/** Returns whether a resource counts as deleted because its cluster cannot be reached. Throws unless the user has allowed that. */
export function goneWithCluster({ unreachable, deleteUnreachable }: Reached, operation: Operation, step: "read" | "delete"): boolean {
  if (unreachable === undefined) return false;
  operation.warn(`configured Kubernetes cluster is unreachable: ${unreachable}`);
  if (deleteUnreachable) return true;
  const what = { read: "failed to read resource state due to unreachable cluster", delete: "configured Kubernetes cluster is unreachable" };
  throw new Error(
    `${what[step]}. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"`,
  );
}
