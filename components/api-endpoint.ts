import * as pulumi from "@pulumi/pulumi";
import { checkEndpoint } from "../lib/api-endpoint/rules.ts";
import type { ApiEndpointSettings } from "../lib/api-endpoint/settings.ts";
import { defined } from "../lib/defined.ts";
import { API_PORT } from "../lib/kubeadm/init.ts";
import { Problems } from "../lib/problems.ts";
import type { ApiEndpointArgs, Endpoint } from "./api-endpoint/arguments.ts";
import { withDnsName } from "./api-endpoint/dns-record.ts";
import { floatingIpEndpoint } from "./api-endpoint/floating-ip.ts";
import { loadBalancerEndpoint } from "./api-endpoint/load-balancer.ts";
import type { EndpointPlan } from "./api-endpoint/plan.ts";
import { virtualAddressEndpoint } from "./api-endpoint/virtual-address.ts";
import { withRetries } from "./openstack/retries.ts";

export type {
  ApiEndpointSettings,
  DnsSettings,
  ExternalEndpointSettings,
  FloatingIpEndpointSettings,
  LoadBalancerEndpointSettings,
  VirtualAddressEndpointSettings,
} from "../lib/api-endpoint/settings.ts";

export type { ApiBackend, ApiEndpointArgs, Endpoint, EndpointNetwork } from "./api-endpoint/arguments.ts";

/** Endpoint of a cluster's API. Its address is known before any machine exists. */
export class ApiEndpoint extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** `host:port` for users. */
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: ApiEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:ApiEndpoint", name, {}, withRetries(opts));
    const { endpoint, ...rest } = args;
    const plan = { ...rest, name, parent: this };
    const own = makeEndpoint(plan, endpoint);
    this.endpoint = endpoint.dns ? withDnsName(plan, own, endpoint.dns) : own;
    this.address = pulumi.interpolate`${this.endpoint.host}:${this.endpoint.port ?? API_PORT}`;
    this.registerOutputs({ address: this.address });
  }
}

function makeEndpoint(plan: EndpointPlan, args: ApiEndpointSettings): Endpoint {
  switch (args.type) {
    case "floatingIp":
      return floatingIpEndpoint(plan, args);
    case "vip":
      return virtualAddressEndpoint(plan, args);
    case "octavia":
      return loadBalancerEndpoint(plan, args);
    case "external":
      return defined({ host: args.host, nodeHost: args.host, port: args.port });
  }
}

function validate(name: string, { endpoint, floatingIpPool, network }: ApiEndpointArgs): void {
  const problems = new Problems();
  checkEndpoint(endpoint, network?.cidr, problems.at("endpoint"));
  if (endpoint.type === "floatingIp" && floatingIpPool === undefined && endpoint.floatingIpAddress === undefined) {
    problems.add(
      "floatingIpPool",
      'is missing; an endpoint of type "floatingIp" takes its address from there, so name the external network',
    );
  }
  if ((endpoint.type === "vip" || endpoint.type === "octavia") && network === undefined) {
    problems.add(
      "network",
      `is missing; an endpoint of type "${endpoint.type}" has its address there, so give the control planes' network`,
    );
  }
  problems.throwIfAny(`API endpoint "${name}"`);
}
