import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as library from "../../components/index.ts";

it("offers these components and functions", () => {
  expect(Object.keys(library).sort()).toEqual([
    "ApiEndpoint",
    "Bastion",
    "CiliumNetwork",
    "ClusterNetwork",
    "ClusterPki",
    "ClusterProvider",
    "ControlPlane",
    "EtcdCluster",
    "FlannelNetwork",
    "ImportedNodes",
    "KubernetesCluster",
    "NodePool",
    "OrphansServe",
    "QuotaShortage",
    "SshKey",
    "Waves",
    "checkConfig",
    "checkMachines",
    "checkQuota",
    "endWithEngine",
    "prepareRun",
    "removeOrphans",
    "scaleProfile",
  ]);
});

it("offers these types", () => {
  const source = readFileSync(new URL("../../components/index.ts", import.meta.url), "utf8");
  const statements = source.matchAll(/export (type )?\{([^}]*)\}/g);
  const types = [...statements].flatMap(([, all, list = ""]) =>
    list
      .split(",")
      .map((name) => name.trim())
      .flatMap((name) => (all ? [name] : name.startsWith("type ") ? [name.slice("type ".length)] : [])),
  );
  expect(types.sort()).toEqual([
    "ApiEndpointArgs",
    "ApiEndpointComponentArgs",
    "BastionAccess",
    "BastionArgs",
    "CheckQuotaOptions",
    "CiliumArgs",
    "CiliumNetworkArgs",
    "ClusterCidrs",
    "ClusterNetworkArgs",
    "ClusterPkiArgs",
    "ClusterProviderArgs",
    "ControlPlaneArgs",
    "ControlPlanesArgs",
    "DnsArgs",
    "Endpoint",
    "EndpointNetwork",
    "EtcdClient",
    "EtcdClusterArgs",
    "ExternalEndpointArgs",
    "ExternalEtcdArgs",
    "FlannelArgs",
    "FlannelNetworkArgs",
    "FloatingIpEndpointArgs",
    "ImportedNodesArgs",
    "ImportedPoolArgs",
    "ImportedSshArgs",
    "JoinContract",
    "KubernetesClusterArgs",
    "LoadBalancerEndpointArgs",
    "MachineArgs",
    "NetworkArgs",
    "NetworkAttachment",
    "NodeMachine",
    "NodePoolArgs",
    "Orphan",
    "OwnBastionArgs",
    "OwnEtcdArgs",
    "PoolArgs",
    "PoolContract",
    "PrepareRunOptions",
    "RemoveOrphansOptions",
    "ScaleArgs",
    "ScaleProfile",
    "ScaleSettings",
    "ScaleSuggestions",
    "ServerGroupArgs",
    "Serving",
    "Shortage",
    "SshAccess",
    "SshArgs",
    "SshConnection",
    "StackState",
    "StackedEtcdArgs",
    "StateReader",
    "VirtualAddressEndpointArgs",
    "VolumeArgs",
    "WaveArgs",
  ]);
});
