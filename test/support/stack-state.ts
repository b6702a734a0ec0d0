import type { StackState, StateResource } from "../../operations/state/stack-state.ts";

/** Resource types by the names that tests use. */
const TYPES: Record<string, string> = {
  Instance: "openstack:compute/instance:Instance",
  ServerGroup: "openstack:compute/serverGroup:ServerGroup",
  Volume: "openstack:blockstorage/volume:Volume",
  LoadBalancer: "openstack:loadbalancer/loadBalancer:LoadBalancer",
  Listener: "openstack:loadbalancer/listener:Listener",
  Pool: "openstack:loadbalancer/pool:Pool",
  Monitor: "openstack:loadbalancer/monitor:Monitor",
  RecordSet: "openstack:dns/recordSet:RecordSet",
  FloatingIp: "openstack:networking/floatingIp:FloatingIp",
  Network: "openstack:networking/network:Network",
  Port: "openstack:networking/port:Port",
  Router: "openstack:networking/router:Router",
  RouterInterface: "openstack:networking/routerInterface:RouterInterface",
  SecGroup: "openstack:networking/secGroup:SecGroup",
  SecGroupRule: "openstack:networking/secGroupRule:SecGroupRule",
  Subnet: "openstack:networking/subnet:Subnet",
  Deployment: "kubernetes:apps/v1:Deployment",
  Command: "command:local:Command",
  Stash: "pulumi:index:Stash",
  ApiEndpoint: "caravan:index:ApiEndpoint",
  Bastion: "caravan:index:Bastion",
  ClusterNetwork: "caravan:index:ClusterNetwork",
  ControlPlane: "caravan:index:ControlPlane",
  EtcdCluster: "caravan:index:EtcdCluster",
  NodePool: "caravan:index:NodePool",
};

/** Makes a resource of a state. */
export function resource(type: string, name: string, rest: Partial<StateResource> = {}): StateResource {
  return { urn: urnOf(type, name), type: TYPES[type]!, inputs: {}, ...rest };
}

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:demo::caravan::${TYPES[type]}::${name}`;
}

/** Makes inputs with a name that the provider's bridge generated. */
export function generated(name: string, inputs: object = {}): { inputs: Record<string, unknown> } {
  return { inputs: { __defaults: ["name"], name, ...inputs } };
}

/** Time at which all states were written, later than the creation of the objects that tests add. */
export const WRITTEN = "2026-11-27T12:10:00.123456789+00:00";

/** Makes a state with resources, and with others whose creation was interrupted. */
export function stateOf(resources: StateResource[], creating: StateResource[] = []): StackState {
  return {
    deployment: {
      manifest: { time: WRITTEN },
      resources,
      pending_operations: creating.map((each) => ({ type: "creating", resource: each })),
    },
  };
}
