import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { packDeb } from "../../../devcloud/package-repository/deb.ts";
import { writeRepository } from "../../../devcloud/package-repository/repository.ts";
import { endAgent, makeSigningKey, type SigningKey } from "../../../devcloud/package-repository/signing-key.ts";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

// The library's script and the real apt, dpkg and gpg: on a folder in place of a machine, from a repository in a folder.
const root = mkdtempSync(join(tmpdir(), "apt-"));
const repository = join(root, "repository");
let key: SigningKey;
let other: SigningKey;
let node: ScriptedNode;

beforeAll(async () => {
  mkdirSync(repository);
  for (const version of ["1.36.3", "1.36.5"]) for (const name of ["kubeadm", "kubelet", "kubectl"]) await pack(name, `${version}-1.1`);
  await pack("kubernetes-cni", "1.7.1-1.1");
  key = await makeSigningKey(join(root, "key"));
  other = await makeSigningKey(join(root, "other"));
  await writeRepository(repository, key);
});
afterAll(async () => {
  for (const name of ["key", "other"]) await endAgent(join(root, name));
  rmSync(root, { recursive: true });
});

beforeEach(async () => {
  await writeRepository(repository, key);
  node = new ScriptedNode();
  for (const folder of [
    "etc/apt/sources.list.d",
    "etc/apt/preferences.d",
    "var/lib/apt/lists",
    "var/lib/dpkg/updates",
    "var/cache/apt",
    "var/log/apt",
    "usr",
  ])
    mkdirSync(join(node.folder, folder), { recursive: true });
  node.write("var/lib/dpkg/status");
  node.write("etc/os-release", "ID=debian\n");
  node.write("apt.conf", aptConfiguration(node.folder));
});
afterEach(() => node.remove());

/** Packs a program that prints its version as the real one does. */
async function pack(name: string, version: string): Promise<void> {
  const prefix = name === "kubelet" ? "Kubernetes " : "";
  const program = join(root, "program");
  writeFileSync(program, `#!/bin/sh\necho "${prefix}v${version.split("-")[0]}"\n`);
  await packDeb({ name, version, files: { [`usr/bin/${name}`]: program }, executables: [`usr/bin/${name}`] }, repository);
}

/** Settings of an apt whose machine is a folder. */
function aptConfiguration(folder: string): string {
  const options = [`--root=${folder}`, "--force-bad-path", "--log=/dev/null"].map((option) => `"${option}";`);
  return [
    `Dir "${folder}";`,
    `Dir::State::status "${folder}/var/lib/dpkg/status";`,
    'Dir::Bin::Methods "/usr/lib/apt/methods";',
    'Dir::Bin::dpkg "/usr/bin/dpkg";',
    'Dir::Etc::parts "/var/empty";',
    'APT::Sandbox::User "root";',
    'APT::Architecture "amd64";',
    `DPkg::Options { ${options.join(" ")} };`,
    "",
  ].join("\n");
}

/** Installs Kubernetes. */
function install(version = "1.36.3", fingerprint = key.fingerprint) {
  const own = ["kubeadm", "kubelet", "kubectl"].map((name) => `${name}() { '${node.folder}/usr/bin/${name}' "$@"; }`);
  const real = ["apt-get", "apt-mark", "apt-cache", "curl", "gpg", "dpkg-query"].map((name) => `${name}() { command ${name} "$@"; }`);
  const dpkg = [
    `dpkg() { command dpkg --root='${node.folder}' --log=/dev/null "$@"; }`,
    `dpkg-query() { command dpkg-query --root='${node.folder}' "$@"; }`,
  ];
  const stubs = [...real, ...own, ...dpkg, `export APT_CONFIG='${node.folder}/apt.conf'`].join("\n");
  const script = ["common.sh", "packages.sh", "proxy.sh", "kubernetes-packages.sh"].map(readScript).join("\n");
  const variables = { KUBERNETES_VERSION: version, PACKAGE_REPOSITORY: `file://${repository}/`, PACKAGE_KEY: fingerprint };
  const calls = "run 'install Kubernetes' install_kubernetes; run 'hold packages' hold_packages containerd kubeadm kubelet kubectl";
  return node.run(script, calls, variables, stubs);
}

/** Lists the packages of the machine, with their states. */
function packages(): string[] {
  const status = readFileSync(join(node.folder, "var/lib/dpkg/status"), "utf8");
  const field = (text: string, name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1];
  return status
    .split("\n\n")
    .filter((text) => text.trim() !== "")
    .map((text) => `${field(text, "Package")} ${field(text, "Version")} ${field(text, "Status")}`)
    .sort();
}

const INSTALLED = [
  "kubeadm 1.36.3-1.1 hold ok installed",
  "kubectl 1.36.3-1.1 hold ok installed",
  "kubelet 1.36.3-1.1 hold ok installed",
  "kubernetes-cni 1.7.1-1.1 install ok installed",
];

it("installs and holds the wanted version", () => {
  expect(install()).toMatchObject({ code: 0 });
  expect(packages()).toEqual(INSTALLED);
  expect(install()).toMatchObject({ code: 0 });
  expect(packages()).toEqual(INSTALLED);
});

it("installs it in place of a later version, which is held", () => {
  expect(install("1.36.5")).toMatchObject({ code: 0 });
  expect(install()).toMatchObject({ code: 0, stderr: expect.stringContaining("has kubeadm v1.36.5 in its image; 1.36.3 takes its place") });
  expect(packages()).toEqual(INSTALLED);
});

it("installs nothing by another key, and names both", async () => {
  await writeRepository(repository, other);
  expect(install()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`is ${other.fingerprint}, and not the expected ${key.fingerprint}; if it is the right one, give it as`),
  });
  expect(packages()).toEqual([]);
});

it("does not accept packages by a second key that Release.key has beside the expected one", async () => {
  await writeRepository(repository, other);
  writeFileSync(join(repository, "Release.key"), key.publicKey + other.publicKey);
  expect(install()).toMatchObject({ code: 1, stderr: expect.stringContaining("NO_PUBKEY") });
  expect(packages()).toEqual([]);
});

it("names the versions that the repository has", () => {
  expect(install("1.36.4")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      `cannot be installed from file://${repository}/, which has kubeadm 1.36.5-1.1 1.36.3-1.1; apt's reason is above`,
    ),
  });
});

it("completes an installation that was killed", () => {
  install();
  const status = join(node.folder, "var/lib/dpkg/status");
  writeFileSync(status, readFileSync(status, "utf8").replace("Status: hold ok installed", "Status: hold ok unpacked"));
  expect(packages()).toContain("kubeadm 1.36.3-1.1 hold ok unpacked");
  expect(install()).toMatchObject({ code: 0 });
  expect(packages()).toEqual(INSTALLED);
});

it.each(["lib/apt/lists/lock", "lib/dpkg/lock-frontend", "cache/apt/archives/lock"])(
  "waits for another program that has %s",
  async (lock) => {
    mkdirSync(join(node.folder, "var/cache/apt/archives/partial"), { recursive: true });
    const holder = await holdLock(join(node.folder, "var", lock), 4);
    const { code, stderr } = install();
    await once(holder, "exit");
    expect([code, stderr]).toEqual([0, expect.stringContaining("web-1: waits for another program that installs packages: ")]);
    expect(stderr).toMatch(new RegExp(`(lock /var/${lock}|frontend lock).* ${holder.pid}`));
    expect(packages()).toEqual(INSTALLED);
  },
);

/** Has a lock for some seconds, as apt has it. */
async function holdLock(file: string, seconds: number): Promise<ChildProcess> {
  const program =
    "import fcntl,sys,time; f=open(sys.argv[1],'w'); fcntl.lockf(f,fcntl.LOCK_EX); print('held',flush=True); time.sleep(int(sys.argv[2]))";
  const holder = spawn("python3", ["-c", program, file, `${seconds}`], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  return holder;
}

it("leaves no keyring of its own behind", () => {
  install();
  expect(readdirSync(join(node.folder, "run/caravan"))).toEqual([]);
});
