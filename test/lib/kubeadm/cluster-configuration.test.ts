import { expect, it } from "vitest";
import { clusterConfiguration } from "../../../lib/kubeadm/cluster-configuration.ts";
import { clusterConfigurationArgs } from "../../support/kubeadm-args.ts";

const SUITES =
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256," +
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";

it("runs kube-proxy only when the network plugin does not replace it", () => {
  expect(clusterConfiguration(clusterConfigurationArgs).proxy).toEqual({ disabled: true });
  expect(clusterConfiguration({ ...clusterConfigurationArgs, kubeProxy: true }).proxy).toEqual({ disabled: false });
});

it("logs requests, encrypts Secrets, verifies kubelets, and configures anonymous requests by a file", () => {
  expect(apiServerArguments()).toEqual({
    "admission-control-config-file": "/etc/kubernetes/caravan/admission.yaml",
    "audit-log-maxage": "30",
    "audit-log-maxbackup": "10",
    "audit-log-maxsize": "100",
    "audit-log-path": "/var/log/kubernetes/audit/audit.log",
    "audit-policy-file": "/etc/kubernetes/caravan/audit-policy.yaml",
    "authentication-config": "/etc/kubernetes/caravan/authentication.yaml",
    "enable-admission-plugins": "NodeRestriction,DenyServiceExternalIPs,EventRateLimit",
    "encryption-provider-config": "/etc/kubernetes/caravan/encryption.yaml",
    "kubelet-certificate-authority": "/etc/kubernetes/pki/ca.crt",
    profiling: "false",
    "service-account-extend-token-expiration": "false",
    "tls-cipher-suites": SUITES,
  });
});

it("mounts each file that the API server's arguments name", () => {
  const mounted = clusterConfiguration(clusterConfigurationArgs).apiServer.extraVolumes.map(({ mountPath }) => mountPath);
  const files = Object.values(apiServerArguments()).filter((value) => value.startsWith("/"));
  // kubeadm itself mounts its folder of certificates.
  expect(files.filter((file) => ![...mounted, "/etc/kubernetes/pki"].some((folder) => file.startsWith(`${folder}/`)))).toEqual([]);
});

it("divides the pod network into blocks of the given size", () => {
  const { controllerManager, networking } = clusterConfiguration({ ...clusterConfigurationArgs, nodeCidrMask: 26 });
  expect(controllerManager.extraArgs).toContainEqual({ name: "node-cidr-mask-size", value: "26" });
  expect(networking).toEqual({ podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/12", dnsDomain: "cluster.local" });
});

it("uses another registry for images only when one is given", () => {
  expect(clusterConfiguration(clusterConfigurationArgs)).not.toHaveProperty("imageRepository");
  expect(clusterConfiguration({ ...clusterConfigurationArgs, imageRepository: "registry.example.com" }).imageRepository).toBe(
    "registry.example.com",
  );
});

it("configures stacked or external etcd", () => {
  const extraArgs = { etcd: { "quota-backend-bytes": "8589934592" } };
  expect(clusterConfiguration({ ...clusterConfigurationArgs, extraArgs }).etcd).toEqual({
    local: {
      dataDir: "/var/lib/etcd",
      extraArgs: [
        { name: "cipher-suites", value: SUITES },
        { name: "quota-backend-bytes", value: "8589934592" },
      ],
    },
  });
  // With TLS 1.3, etcd does not start with a list of cipher suites.
  expect(
    clusterConfiguration({ ...clusterConfigurationArgs, extraArgs: { etcd: { "tls-min-version": "TLS1.3" } } }).etcd.local?.extraArgs,
  ).toEqual([{ name: "tls-min-version", value: "TLS1.3" }]);
  const etcdEndpoints = ["https://10.40.0.30:2379", "https://10.40.0.31:2379"];
  const eventsEndpoints = ["https://10.40.0.30:2579", "https://10.40.0.31:2579"];
  expect(clusterConfiguration({ ...clusterConfigurationArgs, etcdEndpoints, eventsEndpoints }).apiServer.extraArgs).toContainEqual({
    name: "etcd-servers-overrides",
    value: "/events#https://10.40.0.30:2579;https://10.40.0.31:2579",
  });
  expect(clusterConfiguration({ ...clusterConfigurationArgs, etcdEndpoints }).etcd).toEqual({
    external: {
      endpoints: etcdEndpoints,
      caFile: "/etc/kubernetes/pki/etcd/ca.crt",
      certFile: "/etc/kubernetes/pki/apiserver-etcd-client.crt",
      keyFile: "/etc/kubernetes/pki/apiserver-etcd-client.key",
    },
  });
});

it("lets the user's arguments win over the library's", () => {
  const extraArgs = { apiServer: { "audit-log-maxage": "7" }, controllerManager: { "kube-api-qps": "100" }, scheduler: { v: "2" } };
  const { apiServer, controllerManager, scheduler } = clusterConfiguration({ ...clusterConfigurationArgs, extraArgs });
  expect(apiServer.extraArgs).toContainEqual({ name: "audit-log-maxage", value: "7" });
  expect(controllerManager.extraArgs).toEqual([
    { name: "node-cidr-mask-size", value: "24" },
    { name: "profiling", value: "false" },
    { name: "kube-api-qps", value: "100" },
  ]);
  expect(scheduler.extraArgs).toEqual([
    { name: "config", value: "/etc/kubernetes/caravan/scheduler.yaml" },
    { name: "v", value: "2" },
  ]);
});

it("gives the components of control planes the user's environment variables", () => {
  const extraEnvs = {
    apiServer: { GOGC: "300", GOMEMLIMIT: "16GiB" },
    controllerManager: { A: "1" },
    scheduler: { B: "2" },
    etcd: { C: "3" },
  };
  const { apiServer, controllerManager, scheduler, etcd } = clusterConfiguration({ ...clusterConfigurationArgs, extraEnvs });
  expect([apiServer, controllerManager, scheduler, etcd.local].map((each) => each?.extraEnvs)).toEqual([
    [
      { name: "GOGC", value: "300" },
      { name: "GOMEMLIMIT", value: "16GiB" },
    ],
    [{ name: "A", value: "1" }],
    [{ name: "B", value: "2" }],
    [{ name: "C", value: "3" }],
  ]);
});

function apiServerArguments(): Record<string, string> {
  const { extraArgs } = clusterConfiguration(clusterConfigurationArgs).apiServer;
  return Object.fromEntries(extraArgs.map(({ name, value }) => [name, value]));
}

it("gives an argument several times, in its order, as kubeadm keeps it", () => {
  const issuers = ["https://new.example.com", "https://kubernetes.default.svc"];
  const extraArgs = {
    apiServer: { "service-account-issuer": issuers, "enable-admission-plugins": ["AlwaysPullImages", "NodeRestriction"] },
  };
  const { apiServer } = clusterConfiguration({ ...clusterConfigurationArgs, extraArgs });
  expect(apiServer.extraArgs.filter(({ name }) => name === "service-account-issuer").map(({ value }) => value)).toEqual(issuers);
  expect(apiServer.extraArgs).toContainEqual({
    name: "enable-admission-plugins",
    value: "NodeRestriction,DenyServiceExternalIPs,EventRateLimit,AlwaysPullImages",
  });
});

it("mounts further volumes beside the library's", () => {
  const volume = {
    name: "webhooks",
    hostPath: "/etc/webhooks",
    mountPath: "/etc/webhooks",
    readOnly: true,
    pathType: "Directory" as const,
  };
  const extraVolumes = { apiServer: [volume], controllerManager: [volume], scheduler: [volume] };
  const { apiServer, controllerManager, scheduler } = clusterConfiguration({ ...clusterConfigurationArgs, extraVolumes });
  expect(apiServer.extraVolumes.map(({ name }) => name)).toEqual(["caravan", "audit", "webhooks"]);
  expect(controllerManager.extraVolumes).toEqual([volume]);
  expect(scheduler.extraVolumes.map(({ name }) => name)).toEqual(["settings", "webhooks"]);
});
