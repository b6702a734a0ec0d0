import type { BastionAccess, OwnBastionSettings, SshKeyPairSettings, SshSettings } from "../../../lib/ssh/settings.ts";
import { FLOATING_IP_RULES } from "./floating-ip.ts";
import type { TypeRules } from "./rule.ts";
import { MINI } from "./surroundings.ts";

/** Rules of the types of SSH, by type. */
export const SSH_RULES = {
  SshSettings: {
    within: MINI,
    at: ["ssh"],
    value: {},
    rules: {
      user: {
        rule: "a name alone",
        refused: [["-oProxyCommand=x", [': "-oProxyCommand=x" is no name of a user; write it alone, like debian']]],
      },
      port: {
        rule: "none of etcd, Kubernetes, Cilium or NodePorts",
        refused: [
          [6443, [": 6443 is used on nodes by the API server itself; have their SSH server listen at another port"]],
          [70000, [": 70000 is not allowed: Too big: expected number to be <=65535"]],
        ],
      },
      keyPair: { refused: [["demo-key", [": is not allowed: must have publicKey and privateKey"]]] },
      allowedCidrs: {
        rule: "IPv4 networks, each once",
        refused: [[["here"], ['[0]: "here" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16']]],
      },
      bastion: {
        rule: "one of the cluster's own needs `network.externalNetwork`",
        refused: [["192.0.2.1", [': "192.0.2.1" is not allowed: must be an object with machine, or host and hostKey']]],
      },
    },
  } satisfies TypeRules<SshSettings>,
  SshKeyPairSettings: {
    within: MINI,
    at: ["ssh", "keyPair"],
    value: { publicKey: "ssh-ed25519 AAAA ann", privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n" },
    rules: {
      publicKey: {
        rule: "one line of authorized_keys",
        refused: [
          ["~/.ssh/id_ed25519.pub", [': is no public key; give the one line of its file, like "ssh-ed25519 AAAA... ann@example.com"']],
        ],
      },
      privateKey: {
        rule: "the text of a key",
        refused: [
          ["~/.ssh/id_ed25519", [': is no private key; give the text of its file, which begins with "-----BEGIN", and not its path']],
        ],
      },
    },
  } satisfies TypeRules<SshKeyPairSettings>,
  BastionAccess: {
    within: MINI,
    at: ["ssh", "bastion"],
    value: { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" },
    rules: {
      host: {
        rule: "a host name in lower case or an IPv4 address; none of pods or Services",
        refused: [
          [
            "ssh://bastion.example.com:22",
            [
              ': "ssh://bastion.example.com:22" is neither a host name in lower case nor an IPv4 address; write "bastion.example.com", and the port in `port`',
            ],
          ],
          [
            "10.96.0.9",
            [": 10.96.0.9 is in serviceCidr 10.96.0.0/12, so nodes would not reach it; use an address outside, or another serviceCidr"],
          ],
        ],
      },
      hostKey: {
        rule: "type and key, without the name; no RSA key",
        refused: [
          [
            "bastion.example.com ssh-ed25519 AAAA",
            [': is no SSH host key; write it as `ssh-keyscan` prints it without the name, like "ssh-ed25519 AAAA..."'],
          ],
          [
            "ssh-rsa AAAA",
            [
              ': "ssh-rsa AAAA" is not allowed: Pulumi\'s command plugin cannot use RSA keys; give the bastion\'s key of type "ssh-ed25519" or "ecdsa-sha2-nistp256"',
            ],
          ],
        ],
      },
      user: { rule: "a name alone", refused: [["jump@bastion", [': "jump@bastion" is no name of a user; write it alone, like debian']]] },
      port: { refused: [[0, [": 0 is not allowed: Too small: expected number to be >=1"]]] },
      privateKey: {
        rule: "the text of a key",
        refused: [["id_ed25519", [': is no private key; give the text of its file, which begins with "-----BEGIN", and not its path']]],
      },
    },
  } satisfies TypeRules<BastionAccess>,
  OwnBastionSettings: {
    within: MINI,
    at: ["ssh", "bastion"],
    value: { machine: { image: "node", flavor: "small" } },
    rules: {
      machine: { refused: [["m1.small", [': "m1.small" is not allowed: expected object, received string']]] },
      allowedCidrs: {
        rule: "at least one IPv4 network, each once",
        refused: [[[], [': is empty, so nobody could reach the bastion; name the networks of its users, like ["198.51.100.0/24"]']]],
      },
      ...FLOATING_IP_RULES,
    },
  } satisfies TypeRules<OwnBastionSettings>,
};
