import { isIPv4 } from "node:net";
import type { AnyOf } from "../any-of.ts";
import { checkCidrs, isInside } from "../network/cidr.ts";
import type { Problems } from "../problems.ts";
import { checkDns } from "./dns-name.ts";
import { checkForwarderPort, checkVirtualAddressPort } from "./port.ts";
import type { ApiEndpointSettings } from "./settings.ts";

/** Facts about the cluster of an endpoint. */
export interface EndpointContext {
  /** Network of the nodes; missing when it is invalid itself. */
  network?: { cidr: string; externalNetwork?: unknown } | undefined;
  /** Number of control planes. */
  controlPlanes: number;
}

/** Checks the endpoint of a cluster. */
export function checkApiEndpoint(
  endpoint: AnyOf<ApiEndpointSettings>,
  { network, controlPlanes }: EndpointContext,
  problems: Problems,
): void {
  const { type, floatingIp } = endpoint;
  checkEndpoint(endpoint, network?.cidr, problems.at("apiEndpoint"));
  if (type === "floatingIp" && controlPlanes > 1) {
    problems.add(
      "apiEndpoint.type",
      `"floatingIp" reaches one control plane, not ${controlPlanes}; use "octavia", "vip" or "external", or set controlPlane.count to 1`,
    );
  }
  if (network && network.externalNetwork === undefined && (type === "floatingIp" || floatingIp === true)) {
    const what = type === "floatingIp" ? 'an API endpoint of type "floatingIp"' : `the floating IP of an API endpoint of type "${type}"`;
    problems.add("network.externalNetwork", `is missing; ${what} is taken from there, so name the external network`);
  }
}

/** Checks an endpoint by itself, and its address when the network is known. */
export function checkEndpoint(endpoint: AnyOf<ApiEndpointSettings>, networkCidr: string | undefined, problems: Problems): void {
  const { type, allowedCidrs = [], address, port, dns } = endpoint;
  checkAllowedCidrs(allowedCidrs, problems);
  if (address !== undefined) checkAddress(address, networkCidr, problems);
  if (type === "vip" && port !== undefined) checkVirtualAddressPort("port", port, problems);
  if (type === "external" && port !== undefined) checkForwarderPort("port", port, problems);
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

function checkAddress(address: string, networkCidr: string | undefined, problems: Problems): void {
  if (!isIPv4(address)) problems.add("address", `"${address}" is not an IPv4 address; write it like 10.40.0.5`);
  else if (networkCidr !== undefined && !isInside(address, networkCidr)) {
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
