import { defined } from "../defined.ts";
import { isTrouble, statusReason, statusRemedy } from "../node/server-status.ts";
import type { Finding } from "./finding.ts";
import { conditionOf, isReady, type NodeObject } from "./kubernetes-objects.ts";
import { known, type Machine, type Observations, type Server } from "./observations.ts";

/** Judges the servers of the cluster's machines. */
export function serverFindings({ machines, servers, api }: Observations): Finding[] {
  if (servers === undefined) return [];
  const openstack = { kind: "OpenStack", name: "servers" };
  if ("unknown" in servers) {
    const fix =
      "check the credentials and the address of the cloud (OS_CLOUD, clouds.yaml), and check again: nothing is known of the machines";
    return [{ id: "openstack-unreachable", severity: "warning", object: openstack, reason: servers.unknown, fix }];
  }
  if (servers.value.length === 0 && machines.length > 0) {
    const reason = `OpenStack knows none of the stack's ${machines.length} servers`;
    const fix = "use the credentials, the project and the region that the stack belongs to. If they are, all machines are lost";
    return [{ id: "servers-unknown", severity: "warning", object: openstack, reason, fix }];
  }
  const byId = new Map(servers.value.map((server) => [server.id, server]));
  const nodes = new Map(known(api?.objects)?.nodes.map((node) => [node.metadata.name, node]));
  return machines.flatMap((machine) => {
    const server = byId.get(machine.id);
    return isTrouble(server?.status) ? [serverFinding(machine, server, nodes.get(machine.name))] : [];
  });
}

/** @param node Node of the machine, which knows best since when a server is gone */
function serverFinding(machine: Machine, server: Server | undefined, node: NodeObject | undefined): Finding {
  const { role, name, id, urn, isRecreated } = machine;
  const status = server?.status;
  const kind = status === undefined ? "server-lost" : status === "ERROR" ? "server-error" : "server-stopped";
  const fault = server?.fault?.message;
  return {
    id: kind,
    severity: isVital(machine) ? "critical" : "warning",
    object: { kind: role, name, id, urn },
    reason: `${statusReason(status)}${fault ? ` (${fault})` : ""}`,
    ...defined({ since: server?.updated ?? (node && !isReady(node) ? conditionOf(node, "Ready")?.lastTransitionTime : undefined) }),
    fix: isRecreated && kind !== "server-stopped" ? "run `pulumi up`, which recreates it" : statusRemedy(machine, status),
  };
}

/** Returns whether the next failure of a machine of this role may stop the cluster. */
function isVital({ role }: Machine): boolean {
  return role === "control plane" || role === "member of etcd";
}
