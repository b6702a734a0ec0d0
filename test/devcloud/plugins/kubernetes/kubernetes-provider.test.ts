import { expect, test } from "vitest";
import { KubernetesProvider } from "../../../../devcloud/plugins/kubernetes/kubernetes-provider.ts";
import { mergeValues } from "../../../../devcloud/plugins/kubernetes/releases/release-inputs.ts";
import { secret, unknown } from "../../../../devcloud/plugins/server/property-values.ts";

function kubeconfig(server: string, user = "{ token: t }"): string {
  return `current-context: c
contexts: [{ name: c, context: { cluster: k, user: u, namespace: n } }]
clusters: [{ name: k, cluster: { server: "${server}" } }]
users: [{ name: u, user: ${user} }]
`;
}

const provider = new KubernetesProvider();

test("other credentials for the same cluster update the provider, another cluster replaces its resources", () => {
  const olds = { kubeconfig: secret(kubeconfig("https://a")) };
  const diff = (kubeconfig: string, more = {}) =>
    provider.diffConfig({ ...olds, ...more }, { kubeconfig: secret(kubeconfig), ...more }).changes;
  expect(diff(kubeconfig("https://a"))).toEqual([]);
  expect(diff(kubeconfig("https://a", "{ token: other }"))).toEqual([{ path: "kubeconfig", kind: "update", replace: false }]);
  expect(diff(kubeconfig("https://b"))).toEqual([{ path: "kubeconfig", kind: "update", replace: true }]);
  expect(diff(kubeconfig("https://b"), { clusterIdentifier: "same" })).toEqual([{ path: "kubeconfig", kind: "update", replace: false }]);
  expect(provider.diffConfig(olds, { kubeconfig: unknown }).changes).toEqual([{ path: "kubeconfig", kind: "update", replace: true }]);
});

test("configuration and credentials that only the official plugin supports are refused", () => {
  const { failures } = provider.checkConfig({ renderYamlToDirectory: "yaml", enableServerSideApply: "false" });
  expect(failures.map((failure) => failure.property)).toEqual(["renderYamlToDirectory", "enableServerSideApply"]);
  const exec = { kubeconfig: kubeconfig("https://a", "{ exec: { command: login } }") };
  expect(() => provider.diffConfig(exec, exec)).toThrow(`knows client certificates and tokens only, but the kubeconfig's user has "exec"`);
});

test.each([
  ["kubernetes:core/v1:ConfigMap", true],
  ["kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", true],
  ["kubernetes:example.com/v1beta2:Widget", true],
  ["kubernetes:helm.sh/v3:Release", true],
  ["kubernetes:helm.sh/v4:Chart", false],
  ["kubernetes:kustomize/v2:Directory", false],
  ["kubernetes:yaml/v2:ConfigFile", false],
  ["kubernetes:core/v1:ConfigMapList", false],
])("%s is served: %s", async (type, served) => {
  const configured = new KubernetesProvider();
  await configured.configure({});
  if (served) expect(configured.resourceType(type)).toBeDefined();
  else
    expect(() => configured.resourceType(type)).toThrow(
      `${type} is not served by the stand-in plugin of devcloud; install the official plugin`,
    );
});

test("values are merged member by member, lists are replaced, and secrets stay secrets", () => {
  const base = { image: { tag: "1", name: "a" }, list: [1, 2], token: secret("old") };
  const overlay = { image: { tag: secret("2") }, list: [3], token: "new", added: null };
  expect(mergeValues(base, overlay)).toEqual({ image: { tag: secret("2"), name: "a" }, list: [3], token: secret("new"), added: null });
});
