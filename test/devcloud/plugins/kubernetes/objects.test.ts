import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ApiServer } from "../../../engine/support/api-server.ts";
import { Stack } from "../../../engine/support/stack.ts";
import { comparable, officialState } from "../support/official-state.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stack: Stack;
let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start(["namespace-controller", "garbage-collector-controller"]); // without them, nothing is deleted
  stack = await Stack.create();
});
afterAll(async () => {
  await stack?.remove();
  await server?.stop();
});

function program(resources: string): string {
  return `import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
const provider = new kubernetes.Provider("provider", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
const { ConfigMap, Namespace, Pod, Secret, Service } = kubernetes.core.v1;
${resources}`;
}

test("the state equals the official plugin's, and a second run has no changes", async () => {
  const objects = program(`new Namespace("ns", { metadata: { name: "state" } }, { provider });
new ConfigMap("cm", { data: { n: "1" } }, { provider });`);
  await stack.up(objects);
  for (const type of ["pulumi:providers:kubernetes", "kubernetes:core/v1:Namespace", "kubernetes:core/v1:ConfigMap"])
    expect(comparable(await stack.resource(type))).toEqual(officialState(type));
  expect(await stack.preview(objects)).toContain("4 unchanged");
});

test("labels change in place by server-side apply, data of an autonamed ConfigMap by replacement", async () => {
  const before = await stack.resource("kubernetes:core/v1:ConfigMap");
  await stack.up(program('new ConfigMap("cm", { metadata: { labels: { a: "b" } }, data: { n: "1" } }, { provider });'));
  const labelled = await stack.resource("kubernetes:core/v1:ConfigMap");
  expect(labelled.id).toBe(before.id);
  expect(labelled.outputs.metadata).toMatchObject({
    labels: { a: "b" },
    managedFields: [{ manager: before.outputs.__fieldManager, operation: "Apply" }],
  });
  await stack.up(program('new ConfigMap("cm", { data: { n: "2" } }, { provider });'));
  const replaced = await stack.resource("kubernetes:core/v1:ConfigMap");
  expect(replaced.id).toMatch(/^default\/cm-[0-9a-f]{8}$/);
  expect(replaced.id).not.toBe(before.id);
  expect(await server.kubectl("get", "configmap", "-o=name", "--field-selector=metadata.name!=kube-root-ca.crt")).toBe(
    `configmap/${replaced.id?.replace("default/", "")}\n`,
  );
});

test("the content of a Secret is a secret, and encoded as in the server", async () => {
  await stack.up(program('new Secret("s", { metadata: { name: "s" }, stringData: { key: "s3cr3t-v4lue" } }, { provider });'));
  const { inputs, outputs } = await stack.resource("kubernetes:core/v1:Secret");
  const data = { plaintext: JSON.stringify({ key: Buffer.from("s3cr3t-v4lue").toString("base64") }) };
  expect([inputs.data, outputs.data, (outputs.__inputs as typeof inputs).data]).toMatchObject([data, data, data]);
  expect(inputs.stringData).toBeUndefined();
  const state = await stack.backend();
  expect(state).not.toContain("s3cr3t-v4lue");
  expect(state).not.toContain(Buffer.from("s3cr3t-v4lue").toString("base64"));
});

test("a definition and an object of it can be created at once, and a refresh finds the changes of others", async () => {
  const definition = `const crd = new kubernetes.apiextensions.v1.CustomResourceDefinition("widgets", {
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com", scope: "Namespaced", names: { plural: "widgets", singular: "widget", kind: "Widget" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true } } }],
  },
}, { provider });
new kubernetes.apiextensions.CustomResource("widget", { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec: { size: 1 } }, { provider });`;
  await stack.up(program(definition));
  expect((await stack.resource("kubernetes:example.com/v1:Widget")).outputs).toMatchObject({ spec: { size: 1 } });
  await server.kubectl("patch", "widget", "w", "--type=merge", '--patch={"spec":{"size":2}}');
  await stack.pulumi("refresh", "--yes", "--skip-preview");
  expect(await stack.preview(program(definition))).toMatch(/size: 2 => 1/);
});

test("an object that does not become ready in time fails, stays in the state, and is awaited again", async () => {
  const pod = (annotation: string) =>
    program(`new Pod("pod", {
  metadata: { name: "p", annotations: { ${annotation} } }, spec: { containers: [{ name: "a", image: "a" }] },
}, { provider });`);
  const output = await stack.failingUp(pod('"pulumi.com/timeoutSeconds": "1"'));
  expect(output).toContain("Pod default/p failed to become ready: timed out waiting for the pod to be ready (Pending)");
  await stack.up(pod('"pulumi.com/skipAwait": "true"'));
  expect((await stack.resource("kubernetes:core/v1:Pod")).id).toBe("default/p");
});

test("a field that the API does not know is refused", async () => {
  const wrong = program('new ConfigMap("cm", { metadata: { name: "wrong", labelz: { a: "b" } } as object }, { provider });');
  expect(await stack.failingUp(wrong)).toContain('strict decoding error: unknown field "metadata.labelz"');
});

test("objects that exist, patches and lists are refused, and everything can be destroyed", async () => {
  expect(await stack.failingUp(program('new Namespace("d", { metadata: { name: "default" } }, { provider });'))).toContain(
    'error: namespaces "default" already exists; use `pulumi import` to adopt it',
  );
  expect(
    await stack.failingUp(program('new kubernetes.core.v1.NamespacePatch("d", { metadata: { name: "default" } }, { provider });')),
  ).toContain(
    "kubernetes:core/v1:NamespacePatch (a patch of Namespace) is not served by the stand-in plugin of devcloud; install the official plugin",
  );
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(await stack.resources()).toEqual([]);
});

test("a cluster that does not answer is named in the error, and its resources can be dropped from the state", async () => {
  const namespace = program('new Namespace("gone", { metadata: { name: "gone" } }, { provider });');
  await stack.up(namespace);
  await server.stop();
  const unreachable =
    /error: configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "https:\/\/127\.0\.0\.1:\d+\/openapi\/v2\?timeout=32s": dial tcp 127\.0\.0\.1:\d+: connect: connection refused/;
  expect(await stack.failingUp(namespace.replace('name: "gone"', 'name: "gone", labels: { a: "b" }'))).toMatch(unreachable);
  await expect(stack.pulumi("destroy", "--yes", "--skip-preview")).rejects.toThrow("PULUMI_K8S_DELETE_UNREACHABLE");
  stack.env.PULUMI_K8S_DELETE_UNREACHABLE = "true";
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(await stack.resources()).toEqual([]);
});
