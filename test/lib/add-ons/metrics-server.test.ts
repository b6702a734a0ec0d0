import { expect, it } from "vitest";
import { metricsServerObjects } from "../../../lib/add-ons/metrics-server.ts";
import { keyOf } from "../../../lib/add-ons/object.ts";
import type { MetricsServerSettings } from "../../../lib/add-ons/settings.ts";

const FACTS = { kubernetesVersion: "1.36.3", nodes: 3 };
const OWN = { "caravan.dev/add-on": "metricsServer" };
const APP = { "app.kubernetes.io/name": "metrics-server" };
const RBAC = "rbac.authorization.k8s.io";
const subjects = [{ kind: "ServiceAccount", name: "metrics-server", namespace: "kube-system" }];
const inNamespace = { name: "metrics-server", namespace: "kube-system" };

const objectsOf = (settings: MetricsServerSettings = {}, facts = FACTS) =>
  Object.fromEntries(metricsServerObjects(facts, settings).map((object) => [keyOf(object), object]));
// biome-ignore lint/suspicious/noExplicitAny: tests look deep into it
type Spec = any;
const specOf = (settings: MetricsServerSettings = {}, facts = FACTS): Spec => objectsOf(settings, facts)["Deployment/metrics-server"]!.spec;
const containerOf = (settings: MetricsServerSettings = {}, facts = FACTS) => specOf(settings, facts).template.spec.containers[0];

it("may read nodes and pods, ask who somebody is and may do what, and lets those who view objects view their figures", () => {
  expect(metricsServerObjects(FACTS).slice(0, 6)).toEqual([
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...inNamespace, labels: OWN } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRole",
      metadata: { name: "metrics-server", labels: OWN },
      rules: [
        { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
        { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "metrics-server", labels: OWN },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "metrics-server" },
      subjects,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "metrics-server-auth-delegator", labels: OWN },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "system:auth-delegator" },
      subjects,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: { name: "metrics-server-auth-reader", namespace: "kube-system", labels: OWN },
      roleRef: { apiGroup: RBAC, kind: "Role", name: "extension-apiserver-authentication-reader" },
      subjects,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRole",
      metadata: {
        name: "metrics-server-reader",
        labels: {
          [`${RBAC}/aggregate-to-view`]: "true",
          [`${RBAC}/aggregate-to-edit`]: "true",
          [`${RBAC}/aggregate-to-admin`]: "true",
          ...OWN,
        },
      },
      rules: [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] }],
    },
  ]);
});

it("serves the API of the figures", () => {
  expect(metricsServerObjects(FACTS).slice(7)).toEqual([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...inNamespace, labels: { ...APP, ...OWN }, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { selector: APP, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" }] },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io", labels: OWN },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: inNamespace,
        insecureSkipTLSVerify: true,
      },
    },
  ]);
});

it("runs as nobody, with nothing of its node, and verifies kubelets' certificates", () => {
  const probe = { periodSeconds: 10, failureThreshold: 3 };
  expect(objectsOf()["Deployment/metrics-server"]).toEqual({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...inNamespace, labels: { ...APP, ...OWN } },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 300,
      selector: { matchLabels: APP },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: APP },
        spec: {
          serviceAccountName: "metrics-server",
          priorityClassName: "system-cluster-critical",
          nodeSelector: { "kubernetes.io/os": "linux" },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              matchLabelKeys: ["pod-template-hash"],
              labelSelector: { matchLabels: APP },
            },
          ],
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            runAsGroup: 65532,
            fsGroup: 65532,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "metrics-server",
              image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
              imagePullPolicy: "IfNotPresent",
              args: [
                "--cert-dir=/tmp",
                "--secure-port=10250",
                "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                "--kubelet-use-node-status-port=true",
                "--metric-resolution=15s",
              ],
              ports: [{ name: "https", containerPort: 10250, protocol: "TCP" }],
              readinessProbe: { httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" }, ...probe, initialDelaySeconds: 20 },
              livenessProbe: { httpGet: { path: "/livez", port: "https", scheme: "HTTPS" }, ...probe },
              resources: { requests: { cpu: "100m", memory: "200Mi" } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
        },
      },
    },
  });
});

it("keeps one of several pods while nodes are drained", () => {
  expect(objectsOf()).not.toHaveProperty(["PodDisruptionBudget/metrics-server"]);
  expect(specOf({ replicas: 2 }).replicas).toBe(2);
  expect(objectsOf({ replicas: 2 })["PodDisruptionBudget/metrics-server"]).toEqual({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { ...inNamespace, labels: OWN },
    spec: { minAvailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: APP } },
  });
});

it("asks for CPU and memory by the number of nodes, in steps of 100", () => {
  const requests = [1, 100, 101, 200, 1019].map((nodes) => containerOf({}, { ...FACTS, nodes }).resources.requests);
  expect(requests.map(({ cpu, memory }) => `${cpu} ${memory}`)).toEqual([
    "100m 200Mi",
    "100m 200Mi",
    "200m 400Mi",
    "200m 400Mi",
    "1100m 2200Mi",
  ]);
});

it("takes another version by one line, an image of your own, further arguments and any field", () => {
  expect(containerOf({ version: "0.9.0", image: "registry.example.com/metrics" }).image).toBe("registry.example.com/metrics:v0.9.0");
  const { args } = containerOf({ extraArgs: { "metric-resolution": "30s", v: "2" } });
  expect(args.slice(-2)).toEqual(["--metric-resolution=30s", "--v=2"]);
  const template = {
    spec: { containers: [{ name: "metrics-server", resources: { limits: { memory: "1Gi" } } }], tolerations: [{ key: "gpu" }] },
  };
  const changed = specOf({ values: { "Deployment/metrics-server": { spec: { template } } } }).template.spec;
  expect(changed.tolerations).toEqual([{ key: "gpu" }]);
  expect(changed.containers[0].resources).toEqual({ requests: { cpu: "100m", memory: "200Mi" }, limits: { memory: "1Gi" } });
});
