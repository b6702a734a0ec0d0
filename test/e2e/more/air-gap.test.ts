import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { proxyUrl } from "../../../devcloud/openstack/components/proxy.ts";
import { registryCa } from "../../../devcloud/openstack/components/registry.ts";
import { up as startCloud } from "../../../devcloud/openstack/up.ts";
import { REGISTRY, USER } from "../../../devcloud/registry/access.ts";
import { KUBEADM_FOLDER, PROBES } from "../../../devcloud/registry/images.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { type BareSystem, containerdConfiguration, packageSettings, provideBareSystem } from "../support/bare-image.ts";
import { type Cluster, configure, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { type Machine, sshOf, sshTo } from "../support/ssh.ts";

// Machines reach nothing but a proxy with a password. Behind it is a registry with a CA and a password, which has all images. The worker's image has nothing but a
// system: its packages come through the proxy, too.
const STACK = "e2e-air-gap";
const REPOSITORY = `${REGISTRY}/${KUBEADM_FOLDER}`;
const MIRRORED = ["docker.io", "quay.io", "registry.k8s.io"];

let bare: BareSystem;
let cluster: Cluster;
let controlPlane: Machine;
let worker: Machine;

beforeAll(async () => {
  await startCloud({ parts: ["registry", "proxy"] });
  bare = await provideBareSystem(STACK);
  cluster = await createCluster(STACK, 2, await settings(USER.password));
  controlPlane = await sshTo(cluster, (await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes"))[0]!);
  worker = await sshOf(cluster, "default");
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  await bare?.end();
});

async function settings(password: string): Promise<Record<string, unknown>> {
  const ca = await readFile(registryCa, "utf8");
  // The library gives it the registry's sandbox image, mirrors and credentials.
  const configuration = (await containerdConfiguration()).replace(/^ *sandbox_image = .*\n/m, "");
  const pool = { count: 1, machine: { image: bare.image, flavor: "node.small" }, containerRuntime: { configuration } };
  return {
    ...packageSettings(bare),
    "caravan:pools": { default: pool },
    "caravan:proxy": { http: proxyUrl, https: proxyUrl },
    "caravan:registries": {
      imageRepository: REPOSITORY,
      mirrors: Object.fromEntries(MIRRORED.map((registry) => [registry, [`https://${REGISTRY}/v2/${registry}`]])),
      hosts: { [REGISTRY]: { ca, username: USER.name, password } },
    },
  };
}

/** Starts a pod of an image that no machine has. */
async function run(name: string, image: string): Promise<void> {
  const tolerations = [{ operator: "Exists" }];
  await cluster.kubectl(["run", name, `--image=${image}`, `--overrides=${JSON.stringify({ spec: { tolerations } })}`]);
}

const ready = (name: string) => cluster.kubectl(["wait", "--for=condition=Ready", `pod/${name}`, "--timeout=300s"]);

it("runs the control plane, CoreDNS and the pods' sandboxes from images of the registry", async () => {
  const images = await cluster.kubectl(["-n", "kube-system", "get", "pods", "-o", "jsonpath={.items[*].spec.containers[*].image}"]);
  const names = images.split(" ").flatMap((image) => (image.startsWith(`${REPOSITORY}/`) ? [image.slice(REPOSITORY.length + 1)] : []));
  expect([...new Set(names.map((name) => name.split(":")[0]))].sort()).toEqual([
    "coredns",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
  ]);
  for (const machine of [controlPlane, worker]) {
    expect(await machine.run("ctr -n k8s.io images ls -q name~=pause")).toContain(`${REPOSITORY}/pause:`);
    expect(await machine.run("containerd config dump | grep sandbox_image")).toContain(`"${REPOSITORY}/pause:`);
  }
});

it("pulls from a mirror of Docker Hub with a path", async () => {
  await run("first", PROBES[0]);
  await ready("first");
});

it("gives containerd and the kubelet the proxy, and nobody who could show its password", async () => {
  for (const machine of [controlPlane, worker]) {
    for (const program of ["containerd", "kubelet"]) {
      const variables = await machine.run(`tr '\\0' '\\n' </proc/$(pidof ${program})/environ`);
      expect(variables).toContain(`HTTPS_PROXY=${proxyUrl}\n`);
      expect(variables).toMatch(/^NO_PROXY=.*,169\.254\.169\.254,.*,10\.40\.0\.0\/16,10\.244\.0\.0\/16,10\.96\.0\.0\/12,172\.24\./m);
    }
    expect(await machine.run("stat -c %a /etc/caravan/proxy.env /etc/containerd/config.toml")).toBe("600\n600\n");
    expect(await machine.run("cat /etc/apt/apt.conf.d/90caravan-proxy")).toContain(`Acquire::http::Proxy "${proxyUrl}";`);
    expect(
      await machine.run(`grep -rl ${USER.password} /etc/kubernetes /var/lib/kubelet /var/lib/cloud /var/log 2>/dev/null || true`),
    ).toBe("");
  }
  expect(cluster.output).not.toContain(USER.password);
  expect(await cluster.kubectl(["get", "pods,daemonsets,configmaps", "--all-namespaces", "-o", "yaml"])).not.toContain(USER.password);
});

it("has no changes in the next run", async () => {
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});

it("brings another password to the machines that run, wrong or right", async () => {
  const before = await uidsOf(cluster);
  await configure(STACK, await settings("wrong"));
  // Contact and role of the control plane, contact and join of the worker.
  expect(await up(cluster.stack)).toEqual({ update: 4, same: expect.any(Number) });
  await run("second", PROBES[1]);
  const failed = [
    "wait",
    "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull",
    "pod/second",
    "--timeout=120s",
  ];
  await cluster.kubectl(failed);
  expect(await cluster.kubectl(["get", "events", "--field-selector", "involvedObject.name=second"])).toContain("401 Unauthorized");
  await configure(STACK, await settings(USER.password));
  await up(cluster.stack);
  await ready("second");
  expect(await uidsOf(cluster)).toEqual(before);
});
