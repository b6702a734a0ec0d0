import type { Operation } from "../server/provider.ts";
import { Unreachable } from "./api-client.ts";
import type { Configuration } from "./configuration.ts";

/** Whether a resource may be taken for deleted because its cluster does not answer; throws when the user has not allowed that. */
export async function goneWithCluster(configuration: Configuration, operation: Operation): Promise<boolean> {
  try {
    await configuration.client.send({ method: "GET", path: "/version", signal: operation.signal });
    return false;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    operation.warn(error.message);
    if (configuration.deleteUnreachable) return true;
    throw new Error(
      'configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
    );
  }
}
