import { CONTAINER_SECURITY, POD_SECURITY } from "./hardening.ts";
import { type AddOnObject, finished } from "./object.ts";
import type { MetricsServerSettings } from "./settings.ts";
import { defaultVersion } from "./versions.ts";

/** Facts about a cluster that metrics-server needs. */
export interface MetricsServerFacts {
  /** Full version of Kubernetes. */
  kubernetesVersion: string;
  /** Number of nodes. */
  nodes: number;
}

const NAME = "metrics-server";
const NAMESPACE = "kube-system";
const IMAGE = "registry.k8s.io/metrics-server/metrics-server";
const PORT = 10250;
const LABELS = { "app.kubernetes.io/name": NAME };
const SUBJECTS = [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }];

/** Seconds after which pods that do not run fail a run: enough for an image of 80 MB, and for workers that are still joining. */
const PROGRESS_SECONDS = 300;

/**
 * Makes the objects of metrics-server. It verifies the serving certificates of kubelets by the cluster's CA, which signs them, and so needs no
 * `--kubelet-insecure-tls`.
 */
export function metricsServerObjects(facts: MetricsServerFacts, settings: MetricsServerSettings = {}): AddOnObject[] {
  const { replicas = 1, values } = settings;
  const objects = [...access(), deployment(facts, settings), service(), ...(replicas > 1 ? [budget()] : []), apiService()];
  return finished("metricsServer", objects, values);
}

function access(): AddOnObject[] {
  const rbac = "rbac.authorization.k8s.io";
  const role = (kind: string, name: string) => ({ apiGroup: rbac, kind, name });
  const read = ["get", "list", "watch"];
  const aggregated = ["view", "edit", "admin"].map((to) => [`${rbac}/aggregate-to-${to}`, "true"]);
  const common = { apiVersion: `${rbac}/v1`, metadata: { name: NAME } };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME, namespace: NAMESPACE } },
    {
      ...common,
      kind: "ClusterRole",
      rules: [
        { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
        { apiGroups: [""], resources: ["pods", "nodes"], verbs: read },
      ],
    },
    { ...common, kind: "ClusterRoleBinding", roleRef: role("ClusterRole", NAME), subjects: SUBJECTS },
    // Users' tokens and rights are asked of the API server, and the CA of its front proxy is read there.
    {
      ...common,
      kind: "ClusterRoleBinding",
      metadata: { name: `${NAME}-auth-delegator` },
      roleRef: role("ClusterRole", "system:auth-delegator"),
      subjects: SUBJECTS,
    },
    {
      ...common,
      kind: "RoleBinding",
      metadata: { name: `${NAME}-auth-reader`, namespace: NAMESPACE },
      roleRef: role("Role", "extension-apiserver-authentication-reader"),
      subjects: SUBJECTS,
    },
    // Who may view objects may view their figures.
    {
      ...common,
      kind: "ClusterRole",
      metadata: { name: `${NAME}-reader`, labels: Object.fromEntries(aggregated) },
      rules: [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: read }],
    },
  ];
}

function deployment(facts: MetricsServerFacts, settings: MetricsServerSettings): AddOnObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      replicas: settings.replicas ?? 1,
      progressDeadlineSeconds: PROGRESS_SECONDS,
      selector: { matchLabels: LABELS },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          priorityClassName: "system-cluster-critical",
          nodeSelector: { "kubernetes.io/os": "linux" },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              matchLabelKeys: ["pod-template-hash"],
              labelSelector: { matchLabels: LABELS },
            },
          ],
          securityContext: POD_SECURITY,
          containers: [container(facts, settings)],
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
        },
      },
    },
  };
}

function container(
  { kubernetesVersion, nodes }: MetricsServerFacts,
  { version = defaultVersion("metricsServer", kubernetesVersion), image = IMAGE, extraArgs = {} }: MetricsServerSettings,
) {
  const probe = (path: string, rest: object) => ({
    httpGet: { path, port: "https", scheme: "HTTPS" },
    periodSeconds: 10,
    failureThreshold: 3,
    ...rest,
  });
  return {
    name: NAME,
    image: `${image}:v${version}`,
    imagePullPolicy: "IfNotPresent",
    args: flags({ ...ARGUMENTS, ...extraArgs }),
    ports: [{ name: "https", containerPort: PORT, protocol: "TCP" }],
    // The kubelets' figures of two rounds, 15 seconds apart, are needed before it is ready.
    readinessProbe: probe("/readyz", { initialDelaySeconds: 20 }),
    livenessProbe: probe("/livez", {}),
    resources: { requests: requests(nodes) },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}

/** Arguments of metrics-server's own manifests (manifests/base/deployment.yaml of v0.8.0 and v0.9.0). */
const ARGUMENTS = {
  "cert-dir": "/tmp",
  "secure-port": String(PORT),
  // Kubelets have certificates for these addresses.
  "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
  "kubelet-use-node-status-port": "true",
  "metric-resolution": "15s",
};

function flags(args: Readonly<Record<string, string | string[]>>): string[] {
  return Object.entries(args).flatMap(([name, value]) => [value].flat().map((each) => `--${name}=${each}`));
}

/**
 * Returns what its project asks for: 100m and 200 MiB up to 100 nodes, and 1m and 2 MiB more for each further one (its README.md, "Scaling"). It follows the
 * number of nodes in steps of 100, so that not each node that joins replaces the pods.
 */
function requests(nodes: number) {
  const hundreds = Math.max(1, Math.ceil(nodes / 100));
  return { cpu: `${100 * hundreds}m`, memory: `${200 * hundreds}Mi` };
}

function service(): AddOnObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    // Pulumi would wait for pods here, too, and report a Deployment that fails twice.
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: { selector: LABELS, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" }] },
  };
}

/** Makes the budget that keeps one pod while nodes are drained. Pods that are not ready anyway stop no drain. */
function budget(): AddOnObject {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: { minAvailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: LABELS } },
  };
}

/** Makes the API of the figures. API servers prove to it who they are by the front proxy's certificate, and pass on no user's credentials. */
function apiService(): AddOnObject {
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1beta1.metrics.k8s.io" },
    spec: {
      group: "metrics.k8s.io",
      version: "v1beta1",
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: NAME, namespace: NAMESPACE },
      // It makes its certificate anew at each start.
      insecureSkipTLSVerify: true,
    },
  };
}
