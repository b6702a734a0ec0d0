/** Tokens of the resource types whose objects can be lost. */
export const TYPES = {
  server: "openstack:compute/instance:Instance",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  routerInterface: "openstack:networking/routerInterface:RouterInterface",
  port: "openstack:networking/port:Port",
  router: "openstack:networking/router:Router",
  subnet: "openstack:networking/subnet:Subnet",
  network: "openstack:networking/network:Network",
  securityGroupRule: "openstack:networking/secGroupRule:SecGroupRule",
  securityGroup: "openstack:networking/secGroup:SecGroup",
  keypair: "openstack:compute/keypair:Keypair",
} as const;
