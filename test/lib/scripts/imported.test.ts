import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { createCa } from "../../../lib/pki/certificates.ts";
import { proxyFiles } from "../../../lib/proxy/files.ts";
import { registryCredentials } from "../../../lib/registries/credentials.ts";
import { preparation, ScriptedNode, suitable } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/fstab");
  node.write("etc/containerd/config.toml", "SystemdCgroup = true\n");
  node.write("etc/os-release", "NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian\n");
  node.write("proc/sys/net/ipv4/ip_forward", "1\n");
});
afterEach(() => node.remove());

/** Stubs of a suitable server with Kubernetes 1.36.3. */
const server = `
${suitable}
memory_mib() { echo 64000; }
has_swap() { false; }
listens() { false; }
kubeadm() { record kubeadm "$@"; echo v1.36.3; }
kubelet() { echo "Kubernetes v1.36.3"; }
`;
const variables = { ...preparation, OWNER: "demo/gpu" };

const prepare = (stubs = "", more: Record<string, string> = {}) =>
  node.runNodeScript("importedPrepare", { ...variables, ...more }, server + stubs);

/** Returns the reasons why a server is unfit. */
function objections(stubs: string, more: Record<string, string> = {}): string[] {
  const { code, stderr } = prepare(stubs, more);
  expect(code).toBe(1);
  expect(stderr).toContain("web-1: failed: this server cannot be a node: see above\n");
  expect(node.calls.filter((call) => !call.startsWith("kubeadm version"))).toEqual([]);
  return stderr.split("\n").flatMap((line) => /^web-1: unfit: (.*)/.exec(line)?.[1] ?? []);
}

it("prepares a suitable server, and records its owner", () => {
  expect(prepare()).toMatchObject({ code: 0, stderr: expect.stringContaining("web-1: enable kubelet") });
  expect(node.read("var/lib/caravan/owner")).toBe("demo/gpu\n");
});

it("prepares a server again that is already a node of this cluster", () => {
  prepare();
  node.write("etc/kubernetes/kubelet.conf");
  expect(prepare("listens() { true; }")).toMatchObject({ code: 0 });
});

it.each([
  [
    "uname() { if [[ $* == -r ]]; then echo 6.1.0; else echo 'FreeBSD amd64'; fi; }",
    "its system is FreeBSD amd64; nodes run Linux on x86_64 or aarch64",
  ],
  ["has_systemd() { false; }", "systemd does not run it, which has to start containerd and the kubelet"],
  [
    "uname() { if [[ $* == -r ]]; then echo 5.9.16-generic; else echo 'Linux aarch64'; fi; }",
    "its kernel is 5.9.16-generic; Cilium needs 5.10 or newer",
  ],
  ["memory_mib() { echo 1699; }", "it has 1699 MiB of memory; a node needs 1700"],
  ["has_swap() { true; }\nswapoff() { false; }", "its swap cannot be turned off"],
  ["listens() { [[ $1 == 10250 ]]; }", "something listens at port 10250 already, which the kubelet needs"],
])("refuses a server with %s", (stub, objection) => {
  expect(objections(stub)).toEqual([objection]);
});

it("accepts a kernel of exactly the oldest version", () => {
  expect(prepare("uname() { if [[ $* == -r ]]; then echo 5.10; else echo 'Linux x86_64'; fi; }")).toMatchObject({ code: 0 });
});

it("ignores the checks that kubeadm ignores", () => {
  const stubs = "memory_mib() { echo 1000; }\nhas_swap() { true; }\nswapoff() { record swapoff; }";
  expect(prepare(stubs, { IGNORED_CHECKS: "Mem Swap" })).toMatchObject({ code: 0 });
});

it("refuses a system on which it cannot install missing software, but not one that has it", () => {
  node.write("etc/os-release", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n');
  expect(objections("kubeadm() { echo v1.35.0; }")).toEqual([
    "its system is neither Debian nor Ubuntu, so that containerd, kubeadm, kubelet and kubectl 1.36.3 must be installed there beforehand",
  ]);
  expect(prepare()).toMatchObject({ code: 0 });
});

it("refuses a node of a cluster without an owner", () => {
  node.write("etc/kubernetes/kubelet.conf");
  expect(objections("")).toEqual([
    "it is a node of a cluster already (/etc/kubernetes/kubelet.conf); take it out there, and run `kubeadm reset` on it",
  ]);
});

it("refuses a server of another pool", () => {
  prepare("", { OWNER: "other/gpu" });
  expect(prepare()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("unfit: it is imported by other/gpu; take it out there first\n"),
  });
});

it("logs all obstacles at once", () => {
  node.write("etc/kubernetes/kubelet.conf");
  expect(objections("has_systemd() { false; }")).toHaveLength(2);
});

it("joins a server, but not one that is still a node of an earlier cluster of the same name", async () => {
  const [ours, next, another] = await Promise.all(["ours", "next", "another"].map(async (name) => (await createCa(name)).certificate));
  const input = {
    CA_CERTIFICATE: Buffer.from(ours!).toString("base64"),
    FILES: "",
    JOIN_FILES: "",
    PRE_COMMANDS: "",
    POST_COMMANDS: "",
    PATCHES: "/patches",
    API_ENDPOINT: "a:1",
    SCRIPT_DIGEST: "digest",
    CLIENT_CERTIFICATE: "YQ==",
    CLIENT_KEY: "YQ==",
    KUBERNETES_VERSION: preparation.KUBERNETES_VERSION,
  };
  const join = (cas = ours!) =>
    node.runNodeScript("importedJoin", { ...input, CA_CERTIFICATE: Buffer.from(cas).toString("base64") }, server);
  expect(join()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([
    "kubeadm join --config /run/caravan/join.yaml",
    "kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 10s get node web-1",
  ]);
  node.write("etc/kubernetes/kubelet.conf", `    certificate-authority-data: ${input.CA_CERTIFICATE}\n`);
  node.write("var/lib/kubelet/pki/kubelet-client-current.pem");
  node.write("etc/kubernetes/pki/ca.crt", `${ours}\n`);
  node.write("var/lib/kubelet/config.yaml");
  expect(join()).toMatchObject({ code: 0, stderr: expect.stringContaining("web-1: is a node already\n") });
  // While the CA is rotated, either has two.
  const check = (cas: string) =>
    node.run(nodeScript("importedJoin").split("\n").slice(0, -1).join("\n"), "check_cluster", {
      CA_CERTIFICATE: Buffer.from(cas).toString("base64"),
    });
  expect([check(ours!), check(`${next}${ours}`), check(next!)].map(({ code }) => code)).toEqual([0, 0, 1]);
  node.write("etc/kubernetes/pki/ca.crt", `${ours}${next}`);
  expect(check(next!).code).toBe(0);
  node.write("etc/kubernetes/pki/ca.crt", another);
  expect(join()).toMatchObject({
    code: 1,
    stderr:
      "web-1: failed: this server is a node of another cluster, by the certificate of its CA; run `kubeadm reset` on it if that cluster is gone\n",
  });
});

const reset = (stubs = "") =>
  node.runNodeScript(
    "importedReset",
    { OWNER: "demo/gpu" },
    `${server}\nip() { record ip "$@"; }\nremove_network() { record network; }\n${stubs}`,
  );

it("resets a server: removes Kubernetes, its network and the library's files", () => {
  prepare();
  node.write("etc/containerd/conf.d/caravan.toml");
  node.write("etc/cni/net.d/05-cilium.conflist");
  node.write("var/lib/caravan/files", `${node.folder}/etc/containerd/conf.d/caravan.toml\n`);
  node.write("var/lib/caravan/held-packages", "containerd\nkubeadm\n");
  const before = node.calls.length;
  expect(reset('xargs() { "$@" $(cat); }')).toMatchObject({ code: 0 });
  expect(node.calls.slice(before)).toEqual([
    "kubeadm reset --force",
    "systemctl disable --now kubelet",
    "network",
    "apt-mark unhold containerd kubeadm",
    "systemctl daemon-reload",
    "systemctl try-restart containerd",
  ]);
  for (const path of ["etc/containerd/conf.d/caravan.toml", "etc/cni/net.d/05-cilium.conflist", "var/lib/caravan"])
    expect(node.has(path)).toBe(false);
  expect(node.has("etc/containerd/config.toml")).toBe(true);
});

it("leaves no credentials and no proxy on a server that it resets", () => {
  node.write("etc/containerd/config.toml", "version = 2\nSystemdCgroup = true\n");
  const hosts = { "r:5000": { username: "me", password: "correct-horse" } };
  const proxy = proxyFiles({ https: "http://me:correct-horse@proxy:3128" }, "https://packages.example.com/");
  const SOFTWARE_FILES = encodeNodeFiles(proxy.map((file) => ({ ...file, path: node.folder + file.path })));
  expect(prepare("", { SOFTWARE_FILES, REGISTRY_CREDENTIALS: registryCredentials({ hosts }) })).toMatchObject({ code: 0 });
  expect(
    readdirSync(join(node.folder, "etc"), { recursive: true, withFileTypes: true })
      .filter(hasPassword)
      .map(({ name }) => name),
  ).toEqual(expect.arrayContaining(["config.toml", "proxy.env", "90caravan-proxy"]));
  expect(reset()).toMatchObject({ code: 0 });
  expect(readdirSync(node.folder, { recursive: true, withFileTypes: true }).filter(hasPassword)).toEqual([]);
  expect(node.read("etc/containerd/config.toml")).toBe("version = 2\nSystemdCgroup = true\n");
  expect(node.mode("etc/containerd/config.toml")).toBe("644");
});

function hasPassword(entry: Dirent): boolean {
  return entry.isFile() && readFileSync(join(entry.parentPath, entry.name), "utf8").includes("correct-horse");
}

it("resets a server after an interrupted reset", () => {
  prepare();
  expect(reset("remove_network() { false; }")).toMatchObject({ code: 1 });
  expect(reset()).toMatchObject({ code: 0 });
});

it.each(["other/gpu", undefined])("does not reset a server that belongs to %s now", (owner) => {
  if (owner) prepare("", { OWNER: owner });
  const before = node.calls;
  expect(reset()).toEqual({ code: 0, stdout: "", stderr: "web-1: is not imported by demo/gpu any more: left alone\n" });
  expect(node.calls).toEqual(before);
});
