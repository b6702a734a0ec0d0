import type { Operation } from "../server/provider.ts";
import type { ApiClient } from "./api-client.ts";
import { OtherCredentials } from "./kubeconfig.ts";

/** What is known of a cluster when it is asked for something. */
interface Reached {
  /** Why it cannot be reached, if it cannot. */
  readonly unreachable: string | undefined;
  /** Whether its resources are then taken for deleted. */
  readonly deleteUnreachable: boolean;
}

/** Why a cluster cannot be reached, in the official plugin's words, if it cannot. */
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

/** Whether a resource may be taken for deleted because its cluster cannot be reached; throws when the user has not allowed that. */
export function goneWithCluster({ unreachable, deleteUnreachable }: Reached, operation: Operation, step: "read" | "delete"): boolean {
  if (unreachable === undefined) return false;
  operation.warn(`configured Kubernetes cluster is unreachable: ${unreachable}`);
  if (deleteUnreachable) return true;
  const what = { read: "failed to read resource state due to unreachable cluster", delete: "configured Kubernetes cluster is unreachable" };
  throw new Error(
    `${what[step]}. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"`,
  );
}
