import type { AnyOf } from "../any-of.ts";
import { checkHost } from "../network/address.ts";
import { checkCidrs } from "../network/cidr.ts";
import { userOf } from "../node/ports.ts";
import type { Problems } from "../problems.ts";
import type { BastionAccess, SshKeyPairSettings, SshSettings } from "./settings.ts";

/** SSH host key without the host's name. */
const HOST_KEY = /^(ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+$/;

/** Line of an authorized_keys file without options. */
const PUBLIC_KEY = /^(sk-)?(ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+( [^\n]*)?\n?$/;

/** Checks the user, port, key pair and bastion of SSH to the nodes. */
export function checkSsh({ user, port, keyPair, allowedCidrs = [], bastion }: SshSettings, problems: Problems): void {
  checkUser("user", user, problems);
  checkNodePort("port", port, problems);
  checkKeyPair(keyPair, problems.at("keyPair"));
  checkCidrs("allowedCidrs", allowedCidrs, problems);
  if (bastion && "host" in bastion) checkBastionAccess(bastion, problems.at("bastion"));
}

/** Checks a machine through which others are reached. */
export function checkBastionAccess({ host, hostKey, user, privateKey }: AnyOf<BastionAccess>, problems: Problems): void {
  checkHost("host", host, problems);
  checkHostKey("hostKey", hostKey, problems);
  checkUser("user", user, problems);
  checkPrivateKey("privateKey", privateKey, problems);
}

/** Checks an SSH host key that is known now. */
export function checkHostKey(property: string, key: unknown, problems: Problems): void {
  if (typeof key === "string" && !HOST_KEY.test(key))
    problems.add(property, 'is no SSH host key; write it as `ssh-keyscan` prints it without the name, like "ssh-ed25519 AAAA..."');
}

/** Checks a user's name that is known now. OpenSSH would read one that begins with a hyphen as an option. */
export function checkUser(property: string, user: unknown, problems: Problems): void {
  if (typeof user === "string" && !/^[a-z_][\w.-]*$/i.test(user))
    problems.add(property, `"${user}" is no name of a user; write it alone, like debian`);
}

/** Checks the port of the SSH server of a cluster's machine. */
export function checkNodePort(property: string, port: number | undefined, problems: Problems): void {
  const user = port === undefined ? undefined : userOf(port);
  if (user !== undefined) problems.add(property, `${port} is used on nodes by ${user}; have their SSH server listen at another port`);
}

/** Checks a private key that is known now. The text has no part of it. */
export function checkPrivateKey(property: string, key: unknown, problems: Problems): void {
  if (typeof key === "string" && !/^\s*-----BEGIN [A-Z ]*PRIVATE KEY-----\s/.test(key))
    problems.add(property, 'is no private key; give the text of its file, which begins with "-----BEGIN", and not its path');
}

function checkKeyPair(pair: SshSettings["keyPair"], problems: Problems): void {
  const { publicKey, privateKey } = (pair ?? {}) as Partial<SshKeyPairSettings>;
  if (typeof publicKey === "string" && !PUBLIC_KEY.test(publicKey))
    problems.add("publicKey", 'is no public key; give the one line of its file, like "ssh-ed25519 AAAA... ann@example.com"');
  checkPrivateKey("privateKey", privateKey, problems);
}
