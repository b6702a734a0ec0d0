import { isIPv4 } from "node:net";
import type { AnyOf } from "../any-of.ts";
import { defined } from "../defined.ts";
import { checkAddress, checkHost } from "../network/address.ts";
import { checkCidrs, firstAddress, isInside } from "../network/cidr.ts";
import { checkFloatingIp } from "../network/floating-ip.ts";
import type { Problems } from "../problems.ts";
import { checkDns } from "./dns-name.ts";
import { checkLoadBalancer } from "./load-balancer.ts";
import { checkForwarderPort, checkVirtualAddressPort } from "./port.ts";
import type { ApiEndpointSettings } from "./settings.ts";

/** Facts about the network of an endpoint. */
export interface EndpointNetworkFacts {
  cidr: string;
  externalNetwork?: unknown;
  /** Ids of an existing network; missing when it is the cluster's own. */
  adopt?: unknown;
}

/** Facts about the cluster of an endpoint. */
export interface EndpointContext {
  /** Network of the nodes; missing when it is invalid itself. */
  network?: EndpointNetworkFacts | undefined;
  /** Number of control planes. */
  controlPlanes: number;
  /** Port of the control planes' SSH server. @default 22 */
  sshPort?: number | undefined;
}

/** Checks the endpoint of a cluster. */
export function checkApiEndpoint(
  endpoint: AnyOf<ApiEndpointSettings>,
  { network, controlPlanes, sshPort }: EndpointContext,
  problems: Problems,
): void {
  const { type, floatingIp, floatingIpAddress, floatingIpSubnetIds, address } = endpoint;
  checkEndpoint(endpoint, network?.cidr, problems.at("apiEndpoint"), sshPort);
  if (network && network.adopt === undefined && isIPv4(String(address)) && address === firstAddress(network.cidr)) {
    problems.add("apiEndpoint.address", `${address} is the gateway's in network.cidr ${network.cidr}; choose another address of it`);
  }
  if (type === "floatingIp" && controlPlanes > 1) {
    problems.add(
      "apiEndpoint.type",
      `"floatingIp" reaches one control plane, not ${controlPlanes}; use "octavia", "vip" or "external", or set controlPlane.count to 1`,
    );
  }
  const isFromPool = floatingIpAddress === undefined && (type === "floatingIp" || floatingIp === true || floatingIpSubnetIds);
  if (network && network.externalNetwork === undefined && isFromPool) {
    const what = type === "floatingIp" ? 'an API endpoint of type "floatingIp"' : `the floating IP of an API endpoint of type "${type}"`;
    problems.add("network.externalNetwork", `is missing; ${what} is taken from there, so name the external network`);
  }
}

/** Checks an endpoint by itself, and its address when the network is known. */
export function checkEndpoint(
  endpoint: AnyOf<ApiEndpointSettings>,
  networkCidr: string | undefined,
  problems: Problems,
  sshPort?: number,
): void {
  const { type, allowedCidrs = [], address, host, port, dns, floatingIp, floatingIpAddress, floatingIpSubnetIds } = endpoint;
  checkAllowedCidrs(allowedCidrs, problems);
  if (address !== undefined) checkVirtualAddress(address, networkCidr, problems);
  checkHost("host", host, problems);
  checkFloatingIp(defined({ floatingIpAddress, floatingIpSubnetIds }), problems);
  if (floatingIp === false && (floatingIpAddress ?? floatingIpSubnetIds) !== undefined)
    problems.add("floatingIp", "is false, and settings of a floating IP are given; leave it or them out");
  if (type === "vip" && port !== undefined) checkVirtualAddressPort("port", port, problems, sshPort);
  if (type === "external" && port !== undefined) checkForwarderPort("port", port, problems);
  checkLoadBalancer(endpoint, problems);
  if (dns !== undefined) {
    checkDns(dns, problems.at("dns"));
    checkHasAddress(endpoint, problems);
  }
}

function checkAllowedCidrs(cidrs: readonly string[], problems: Problems): void {
  if (cidrs.length === 0) {
    problems.add("allowedCidrs", 'is empty, so nobody could reach the API; name the networks of its users, like ["198.51.100.0/24"]');
  }
  checkCidrs("allowedCidrs", cidrs, problems);
}

function checkVirtualAddress(address: string, networkCidr: string | undefined, problems: Problems): void {
  if (checkAddress("address", address, "10.40.0.5", problems) && networkCidr !== undefined && !isInside(address, networkCidr)) {
    problems.add(
      "address",
      `${address} is no address for a machine of the nodes' network ${networkCidr}; choose one of it that is not in use`,
    );
  }
}

function checkHasAddress({ type, host }: AnyOf<ApiEndpointSettings>, problems: Problems): void {
  if (type === "external" && typeof host === "string" && !isIPv4(host)) {
    problems.add("host", `"${host}" is a name, and the DNS record needs an IPv4 address; give the address, or leave dns out`);
  }
}
