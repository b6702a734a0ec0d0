import * as pulumi from "@pulumi/pulumi";
import { type ApiTunnel, serveApiTunnel } from "../../clients/ssh/api-tunnel.ts";
import { isBehindBastion } from "../../lib/api-endpoint/private.ts";
import { API_PORT } from "../../lib/kubeadm/init.ts";
import { type TunnelMachine, type TunnelSsh, tunnelPort } from "../../lib/ssh/tunnel.ts";
import type { ApiEndpoint } from "../api-endpoint.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { ClusterContext } from "./context.ts";

/**
 * Returns the kubeconfig of the program's own provider. An API that only machines behind the bastion reach is reached through it: by a proxy
 * in this program, which lives as long as the run. The proxy's port follows from the cluster's identity, so that it is no change.
 */
export function ownKubeconfig({ args, pki }: ClusterContext, api: ApiEndpoint, controlPlane: ControlPlane): pulumi.Output<string> {
  if (!isBehindBastion(args)) return pki.adminKubeconfig(api.address);
  const { nodeHost, port = API_PORT } = api.endpoint;
  const { user, port: sshPort, privateKey, bastion } = controlPlane.ssh;
  const proxy = pulumi
    .all([pki.lifetime.id, api.address, nodeHost, privateKey, pulumi.output(bastion), pulumi.output(controlPlane.join.controlPlanes)])
    .apply(async ([id, authority, host, key, jump, machines]) => {
      const ssh = { user, port: sshPort, privateKey: key, bastion: jump } as TunnelSsh;
      const tunnel = { port: tunnelPort(id), authority, target: { host: host!, port }, ssh, machines: machines as TunnelMachine[] };
      await openTunnel(tunnel);
      return `http://127.0.0.1:${tunnel.port}`;
    });
  // The address has nothing of the private key from which it was made.
  return pki.adminKubeconfig(api.address, pulumi.unsecret(proxy));
}

function openTunnel(tunnel: ApiTunnel): Promise<void> {
  const { port, authority } = tunnel;
  return serveApiTunnel(tunnel, () => {
    pulumi.log.info(
      `another process listens at 127.0.0.1:${port}, the way to ${authority} through the bastion; if it is no run of this cluster, end it`,
    );
  });
}
