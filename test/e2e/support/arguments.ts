import type { Kubectl } from "../../../devcloud/kubectl.ts";
import { CIPHER_SUITES } from "../../../lib/kubeadm/tls.ts";

const PKI = "/etc/kubernetes/pki";
const SETTINGS = "/etc/kubernetes/caravan";

/** Arguments that the CIS benchmark (1.2, 1.3, 1.4 and 2) requires of the programs of a control plane, or forbids. */
export const BENCHMARK_ARGUMENTS: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  "kube-apiserver": {
    "anonymous-auth": undefined,
    "authentication-config": `${SETTINGS}/authentication.yaml`,
    "token-auth-file": undefined,
    "kubelet-client-certificate": `${PKI}/apiserver-kubelet-client.crt`,
    "kubelet-client-key": `${PKI}/apiserver-kubelet-client.key`,
    "kubelet-certificate-authority": `${PKI}/ca.crt`,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction,DenyServiceExternalIPs,EventRateLimit",
    "disable-admission-plugins": undefined,
    profiling: "false",
    "audit-log-path": "/var/log/kubernetes/audit/audit.log",
    "audit-log-maxage": "30",
    "audit-log-maxbackup": "10",
    "audit-log-maxsize": "100",
    "request-timeout": undefined,
    "service-account-lookup": undefined,
    "service-account-key-file": `${PKI}/sa.pub`,
    "service-account-extend-token-expiration": "false",
    "etcd-cafile": `${PKI}/etcd/ca.crt`,
    "etcd-certfile": `${PKI}/apiserver-etcd-client.crt`,
    "etcd-keyfile": `${PKI}/apiserver-etcd-client.key`,
    "tls-cert-file": `${PKI}/apiserver.crt`,
    "tls-private-key-file": `${PKI}/apiserver.key`,
    "tls-cipher-suites": CIPHER_SUITES.join(","),
    "client-ca-file": `${PKI}/ca.crt`,
    "encryption-provider-config": `${SETTINGS}/encryption.yaml`,
  },
  "kube-controller-manager": {
    "terminated-pod-gc-threshold": undefined,
    profiling: "false",
    "use-service-account-credentials": "true",
    "service-account-private-key-file": `${PKI}/sa.key`,
    "root-ca-file": `${PKI}/ca.crt`,
    "feature-gates": undefined,
    "bind-address": "127.0.0.1",
  },
  "kube-scheduler": { config: `${SETTINGS}/scheduler.yaml`, "bind-address": "127.0.0.1" },
  etcd: {
    "cert-file": `${PKI}/etcd/server.crt`,
    "key-file": `${PKI}/etcd/server.key`,
    "client-cert-auth": "true",
    "auto-tls": undefined,
    "trusted-ca-file": `${PKI}/etcd/ca.crt`,
    "peer-cert-file": `${PKI}/etcd/peer.crt`,
    "peer-key-file": `${PKI}/etcd/peer.key`,
    "peer-client-cert-auth": "true",
    "peer-auto-tls": undefined,
    "peer-trusted-ca-file": `${PKI}/etcd/ca.crt`,
    "cipher-suites": CIPHER_SUITES.join(","),
  },
};

/** Reads these arguments of the programs of a control plane. */
export async function benchmarkArguments(kubectl: Kubectl, node: string): Promise<typeof BENCHMARK_ARGUMENTS> {
  const programs = Object.entries(BENCHMARK_ARGUMENTS).map(async ([program, asked]) => {
    const pod = JSON.parse(await kubectl(["-n", "kube-system", "get", "pod", `${program}-${node}`, "-o", "json"]));
    const all = argumentsOf(pod.spec.containers[0].command);
    return [program, Object.fromEntries(Object.keys(asked).map((name) => [name, all[name]]))] as const;
  });
  return Object.fromEntries(await Promise.all(programs));
}

function argumentsOf(command: readonly string[]): Record<string, string> {
  return Object.fromEntries(command.flatMap((word) => [...word.matchAll(/^--([^=]+)=(.*)$/g)].map(([, name, value]) => [name!, value!])));
}
