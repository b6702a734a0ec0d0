/** Type tokens of the resources whose objects can be orphans. */
export const TYPES = {
  server: "openstack:compute/instance:Instance",
  serverGroup: "openstack:compute/serverGroup:ServerGroup",
  volume: "openstack:blockstorage/volume:Volume",
  monitor: "openstack:loadbalancer/monitor:Monitor",
  pool: "openstack:loadbalancer/pool:Pool",
  listener: "openstack:loadbalancer/listener:Listener",
  loadBalancer: "openstack:loadbalancer/loadBalancer:LoadBalancer",
  floatingIpAssociation: "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  routerInterface: "openstack:networking/routerInterface:RouterInterface",
  port: "openstack:networking/port:Port",
  router: "openstack:networking/router:Router",
  subnet: "openstack:networking/subnet:Subnet",
  network: "openstack:networking/network:Network",
  securityGroupRule: "openstack:networking/secGroupRule:SecGroupRule",
  securityGroup: "openstack:networking/secGroup:SecGroup",
  recordSet: "openstack:dns/recordSet:RecordSet",
} as const;

/** Type token of values that the state keeps. */
export const STASH = "pulumi:index:Stash";

/** Type tokens of this library's components. */
export const COMPONENTS = {
  cluster: "caravan:index:KubernetesCluster",
  network: "caravan:index:ClusterNetwork",
  endpoint: "caravan:index:ApiEndpoint",
  bastion: "caravan:index:Bastion",
  controlPlane: "caravan:index:ControlPlane",
  etcd: "caravan:index:EtcdCluster",
  pool: "caravan:index:NodePool",
  importedNodes: "caravan:index:ImportedNodes",
} as const;
