import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parseImageNames } from "../../../devcloud/image/container-images.ts";
import { writeOciLayout } from "../../../devcloud/image/oci-layout.ts";
import { makeRegistryAccess, REGISTRY, USER } from "../../../devcloud/registry/access.ts";
import { makeRegistryStore } from "../../../devcloud/registry/store.ts";
import { recipeKey, toolDir } from "../../../devcloud/toolchain/recipe.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { shellAssignments } from "../../../lib/node/shell.ts";
import { type PreparationArgs, preparationInput } from "../../../lib/node/software.ts";

// kubeadm retries a pull that fails, with pauses.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const VERSION = "1.36.3";
const PROGRAMS = ["docker-registry", "tinyproxy", "containerd", "ctr"];
const KUBEADM = join(toolDir("kubernetes"), recipeKey("kubernetes"), "kubeadm");
const paths = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
const isThere = existsSync(KUBEADM) && PROGRAMS.every((program) => paths.some((path) => existsSync(join(path, program))));

const etc = new URL("../../../devcloud/openstack/etc/", import.meta.url);
let folder: string;
let ca: string;
let images: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pulls-"));
  if (!isThere) return;
  images = parseImageNames(
    spawnSync(KUBEADM, ["config", "images", "list", "--kubernetes-version", `v${VERSION}`], { encoding: "utf8" }).stdout,
  );
  await writeFile(join(folder, "program"), "#!/bin/sh\n");
  const image = { files: { "/program": join(folder, "program") }, entrypoint: ["/program"] };
  const layout = join(folder, "layout");
  await writeOciLayout(
    images.map((name) => ({ ...image, name })),
    layout,
  );
  await makeRegistryStore(layout, join(folder, "registry/store"), (name) => [
    `kubernetes/${basename(name)}`,
    `docker.io/library/${basename(name)}`,
  ]);
  await makeRegistryAccess(join(folder, "registry"));
  ca = await readFile(join(folder, "registry/ca.crt"), "utf8");
  for (const name of ["registry.yml", "tinyproxy.conf"]) {
    await writeFile(join(folder, name), (await readFile(new URL(name, etc), "utf8")).replaceAll("@dataDir@", folder));
  }
  await cp(new URL("../../../devcloud/image/files/etc/containerd/config.toml", import.meta.url), join(folder, "image.toml"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Prepares a machine by the node's own script, and has kubeadm pull its images from repositories, by the machine's containerd. */
async function pull(args: Partial<PreparationArgs>, ...repositories: string[]): Promise<{ code: number | null; lines: string[] }> {
  const script = nodeScript("prepare");
  const steps = 'write_files "$SOFTWARE_FILES"\ncomplete_pool_settings "$CONTAINERD_MORE"\nconfigure_containerd\n';
  const facts = { NODE_NAME: "node", NODE_ADDRESS: "192.0.2.1", INSTANCE_ID: "id" };
  const input = shellAssignments({ ...facts, ...preparationInput({ kubernetesVersion: VERSION, ...args }) });
  const kubeadm = `kubeadm() { ${KUBEADM} "$@"; }\n`;
  await writeFile(join(folder, "script"), `${input}${script.slice(0, script.lastIndexOf("\n"))}\n${kubeadm}${steps}`);
  const toml = await readFile(join(folder, "image.toml"), "utf8");
  // The file system of the tests may be an overlay itself.
  const native = '\n  [plugins."io.containerd.grpc.v1.cri".containerd]\n    snapshotter = "native"\n';
  await writeFile(join(folder, "config.toml"), toml.replace("@pauseImage@", "registry.k8s.io/pause:3.6") + native);
  for (const name of ["root", "state"]) await rm(join(folder, name), { recursive: true, force: true });
  const namespaces = ["--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"];
  const command = [...namespaces, "bash", join(import.meta.dirname, "pulls.sh"), folder, KUBEADM, ...repositories];
  const { status, stdout, stderr } = spawnSync("unshare", command, {
    encoding: "utf8",
    timeout: 170_000,
    env: { ...process.env, PATH: paths.join(delimiter) },
  });
  return { code: status, lines: `${stdout}${stderr}`.split("\n").map((line) => line.trim()) };
}

const REPOSITORY = `${REGISTRY}/kubernetes`;
const proxy = { https: `http://${USER.name}:${USER.password}@127.0.0.1:3128` };
const registries = (password: string = USER.password) => ({
  imageRepository: REPOSITORY,
  mirrors: { "docker.io": [`https://${REGISTRY}/v2/docker.io`] },
  hosts: { [REGISTRY]: { ca, username: USER.name, password } },
});

it.skipIf(!isThere)(
  "pulls through a proxy with a password, from a registry with a CA and a password, and from a mirror with a path",
  async () => {
    const { code, lines } = await pull({ proxy, registries: registries() }, REPOSITORY, "docker.io/library");
    expect(lines).toEqual(
      expect.arrayContaining([`sandbox_image = "${REPOSITORY}/pause:3.10.2"`, 'config_path = "/etc/containerd/certs.d"']),
    );
    const pulled = (repository: string) => images.map((name) => `[config/images] Pulled ${repository}/${basename(name)}`);
    expect(lines.filter((line) => line.startsWith("[config/images] Pulled"))).toEqual([
      ...pulled(REPOSITORY),
      ...pulled("docker.io/library"),
    ]);
    expect(code).toBe(0);
    expect(await readFile(join(folder, "containerd.log"), "utf8")).not.toContain(USER.password);
  },
);

it.skipIf(!isThere)(
  "pulls so with a pool's part of containerd's configuration, from which containerd 1 takes all settings of the plugin",
  async () => {
    const configuration = 'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd]\n  snapshotter = "native"\n';
    const { code, lines } = await pull({ proxy, registries: registries(), containerRuntime: { configuration } }, REPOSITORY);
    expect(lines).toContain(`sandbox_image = "${REPOSITORY}/pause:3.10.2"`);
    expect(code).toBe(0);
  },
);

const withoutCa = () => ({ ...registries(), hosts: { [REGISTRY]: { username: USER.name, password: USER.password } } });

it.skipIf(!isThere).for([
  ["with another password", () => ({ proxy, registries: registries("wrong") }), "401 Unauthorized"],
  ["without the CA", () => ({ proxy, registries: withoutCa() }), "certificate signed by unknown authority"],
  ["without the proxy", () => ({ registries: registries() }), "lookup registry.devcloud.test"],
] as const)("pulls nothing %s, and shows no password", async ([, args, reason]) => {
  const { code, lines } = await pull(args(), REPOSITORY);
  expect(code).toBe(1);
  expect(lines.join("\n")).toContain(reason);
  expect(lines.join("\n")).not.toContain(USER.password);
});
