import { createHash } from "node:crypto";
import { NODE_ADDRESS, NODE_NAME } from "../kubeadm/node-registration.ts";
import { CIPHER_SUITES } from "../kubeadm/tls.ts";
import { toYaml } from "../yaml.ts";
import { certificateFolder, type EtcdInstance } from "./instances.ts";
import type { EtcdTuning } from "./settings.ts";

/** Placeholders that the script on a member replaces by the image and by the cluster that the member starts or joins. */
export const ETCD_IMAGE = "@ETCD_IMAGE@";
export const INITIAL_CLUSTER = "@INITIAL_CLUSTER@";
export const INITIAL_CLUSTER_STATE = "@INITIAL_CLUSTER_STATE@";

export interface StaticPodArgs {
  instance: EtcdInstance;
  settings: Required<EtcdTuning>;
  /** Certificate of the CA that signs clients and members, PEM. */
  ca: string;
}

/**
 * Makes the static pod of an etcd member. Priority, resources and times of probes are those of kubeadm (app/phases/etcd/local.go). The text
 * is the same for all members.
 */
export function etcdStaticPod(args: StaticPodArgs): string {
  const { instance, ca } = args;
  const { name, dataFolder } = instance;
  const certificates = certificateFolder(instance);
  return toYaml({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "kube-system",
      labels: { component: name, tier: "control-plane" },
      // etcd reloads its own certificates by itself, but reads a new CA only when it starts.
      annotations: { "caravan.dev/authority": createHash("sha256").update(ca).digest("hex") },
    },
    spec: {
      hostNetwork: true,
      priority: 2000001000,
      priorityClassName: "system-node-critical",
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name,
          image: ETCD_IMAGE,
          imagePullPolicy: "IfNotPresent",
          command: ["etcd", ...Object.entries(flags(args)).map(([flag, value]) => `--${flag}=${value}`)],
          resources: { requests: { cpu: "100m", memory: "100Mi" } },
          livenessProbe: { ...probe(instance, "/livez"), initialDelaySeconds: 10, failureThreshold: 8 },
          // Not kubeadm's /readyz: a restart does not help a learner that takes long to catch up, or a member without a majority.
          startupProbe: { ...probe(instance, "/livez"), initialDelaySeconds: 10, failureThreshold: 24 },
          volumeMounts: [
            { name: "data", mountPath: dataFolder },
            { name: "certificates", mountPath: certificates, readOnly: true },
          ],
        },
      ],
      volumes: [
        // Kubernetes must not create the folder: a missing one must not look like an empty one.
        { name: "data", hostPath: { path: dataFolder, type: "Directory" } },
        { name: "certificates", hostPath: { path: certificates, type: "Directory" } },
      ],
    },
  });
}

function flags({ instance, settings }: StaticPodArgs): Record<string, string> {
  const { clientPort, peerPort, metricsPort, dataFolder, retentionHours } = instance;
  const certificates = certificateFolder(instance);
  const client = `https://${NODE_ADDRESS}:${clientPort}`;
  const peer = `https://${NODE_ADDRESS}:${peerPort}`;
  return {
    name: NODE_NAME,
    "data-dir": dataFolder,
    "listen-client-urls": `https://127.0.0.1:${clientPort},${client}`,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "listen-metrics-urls": `http://127.0.0.1:${metricsPort}`,
    "initial-cluster": INITIAL_CLUSTER,
    "initial-cluster-state": INITIAL_CLUSTER_STATE,
    "cert-file": `${certificates}/server.crt`,
    "key-file": `${certificates}/server.key`,
    "trusted-ca-file": `${certificates}/ca.crt`,
    "client-cert-auth": "true",
    "peer-cert-file": `${certificates}/peer.crt`,
    "peer-key-file": `${certificates}/peer.key`,
    "peer-trusted-ca-file": `${certificates}/ca.crt`,
    "peer-client-cert-auth": "true",
    "cipher-suites": CIPHER_SUITES.join(","),
    "feature-gates": "InitialCorruptCheck=true",
    "watch-progress-notify-interval": "5s",
    "quota-backend-bytes": String(settings.quotaBytes),
    "heartbeat-interval": String(settings.heartbeatMilliseconds),
    "election-timeout": String(settings.electionMilliseconds),
    ...(retentionHours === undefined ? {} : { "auto-compaction-mode": "periodic", "auto-compaction-retention": `${retentionHours}h` }),
  };
}

function probe({ metricsPort }: EtcdInstance, path: string) {
  return {
    httpGet: { host: "127.0.0.1", path, port: metricsPort, scheme: "HTTP" },
    periodSeconds: 10,
    timeoutSeconds: 15,
  };
}
