import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../control-plane/virtual-address.ts";
import { userOf } from "../node/ports.ts";
import type { Problems } from "../problems.ts";

/** Default port of SSH. */
const SSH_PORT = 22;

/** Checks that the API of a virtual address can be at a port, beside the SSH server of control planes. */
export function checkVirtualAddressPort(property: string, port: number, problems: Problems, sshPort = SSH_PORT): void {
  const user = port === sshPort || port === SSH_PORT ? "SSH" : userOf(port);
  if (user === undefined) checkForwarderPort(property, port, problems);
  else problems.add(property, `${port} is used on control planes by ${user}; choose another port, like ${DEFAULT_VIRTUAL_ADDRESS_PORT}`);
}

/** Checks that a number is a TCP port. */
export function checkForwarderPort(property: string, port: number, problems: Problems): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535) problems.add(property, `${port} is not a TCP port; use 1 to 65535`);
}
