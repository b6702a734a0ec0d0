import * as pulumi from "@pulumi/pulumi";
import { ApiEndpoint, ClusterNetwork } from "../../../../components/index.ts";

/** A load balancer of Octavia with the settings in the configuration. */
const clusterName = "balanced";
const cidr = "10.43.0.0/24";
const allowedCidrs = ["172.24.4.0/22"];
const { attachment } = new ClusterNetwork(`${clusterName}-network`, {
  clusterName,
  network: { externalNetwork: "public", cidr },
  apiCidrs: allowedCidrs,
  sshCidrs: [],
});
const settings = new pulumi.Config().requireObject<object>("settings");
new ApiEndpoint(`${clusterName}-api`, {
  clusterName,
  endpoint: { type: "octavia", allowedCidrs, ...settings },
  network: { ...attachment, cidr },
  backends: [{ portId: "none", address: "10.43.0.10" }],
});
