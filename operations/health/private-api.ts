import type { ClusterAccess } from "../../clients/kubernetes/access.ts";
import { serveApiTunnel } from "../../clients/ssh/api-tunnel.ts";
import type { TunnelMachine, TunnelSsh } from "../../lib/ssh/tunnel.ts";
import type { StateResource } from "../state/stack-state.ts";
import { reachableMachines } from "./reachable-machines.ts";

/**
 * Opens the way to an API that only machines behind the bastion reach, as a run of the stack does: the kubeconfig names a proxy on this
 * machine, which lives as long as this process. Another process that serves it is used.
 */
export async function openPrivateApi({ server, proxy }: ClusterAccess, resources: readonly StateResource[]): Promise<void> {
  const { hostname, port } = new URL(proxy ?? "http://none");
  const controlPlanes = reachableMachines(resources).find(({ isControlPlane }) => isControlPlane);
  if (hostname !== "127.0.0.1" || !controlPlanes?.ssh.bastion) return;
  const target = new URL(server);
  const apiPort = Number(target.port || 443);
  await serveApiTunnel({
    port: Number(port),
    authority: `${target.hostname}:${apiPort}`,
    target: { host: target.hostname, port: apiPort },
    ssh: controlPlanes.ssh as TunnelSsh,
    machines: controlPlanes.hosts as readonly TunnelMachine[],
  });
}
