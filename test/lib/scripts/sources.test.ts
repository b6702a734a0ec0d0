import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles, type NodeFile } from "../../../lib/node/files.ts";
import { proxyFiles } from "../../../lib/proxy/files.ts";
import { registryCredentials } from "../../../lib/registries/credentials.ts";
import { registryFiles } from "../../../lib/registries/hosts-toml.ts";
import { preparation, ScriptedNode, suitable } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/fstab");
  node.write("etc/os-release", "ID=debian\n");
  node.write("proc/sys/net/ipv4/ip_forward", "1\n");
});
afterEach(() => node.remove());

/** Stubs of a machine whose image has Kubernetes. */
const IMAGE = `
${suitable}
kubeadm() {
  if [[ $1 == version ]]; then echo v1.36.3; return; fi
  record kubeadm "$@"
  local repository=registry.k8s.io
  [[ $* != *--image-repository* ]] || repository=\${!#}
  printf '%s\\n' "$repository/etcd:3.6.8-0" "$repository/pause:3.10.2"
}
kubelet() { echo "Kubernetes v1.36.3"; }
`;

const moved = (files: NodeFile[]) => encodeNodeFiles(files.map((file) => ({ ...file, path: node.folder + file.path })));
const prepare = (more: Partial<typeof preparation>, stubs = "") =>
  node.runNodeScript("prepare", { ...preparation, ...more }, IMAGE + stubs);
const containerd = () => node.read("etc/containerd/config.toml").replaceAll(node.folder, "");
const restarts = () => node.calls.filter((call) => call === "systemctl restart containerd").length;

/** Reads TOML by Python's own reader. */
const toml = (text: string) =>
  JSON.parse(
    execFileSync("python3", ["-c", "import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.stdin.read())))"], {
      input: text,
      encoding: "utf8",
    }),
  );

const VERSION_2 = `version = 2
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "registry.k8s.io/pause:3.6"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
`;
const VERSION_3 = `version = 3
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = 'registry.k8s.io/pause:3.10'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = true
`;
const MINIMAL = `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = true
`;

/** Settings of the plugin that pulls images. */
const cri = (settings: string) => {
  const { plugins } = toml(settings);
  const images = plugins["io.containerd.cri.v1.images"];
  const { sandbox_image, registry } = images ?? plugins["io.containerd.grpc.v1.cri"];
  return { sandbox: images ? images.pinned_images.sandbox : sandbox_image, registry };
};

it.each([
  ["version 2", VERSION_2],
  ["version 3", VERSION_3],
  ["a version 2 that names none", MINIMAL],
])("takes the sandbox image from the given repository in %s, and restarts containerd once", (_, before) => {
  node.write("etc/containerd/config.toml", before);
  for (let round = 0; round < 2; round++) {
    expect(prepare({ IMAGE_REPOSITORY: "r.example.com/kubernetes" })).toMatchObject({ code: 0 });
    expect(cri(containerd())).toEqual({ sandbox: "r.example.com/kubernetes/pause:3.10.2" });
  }
  expect(restarts()).toBe(1);
  expect(node.calls).toContain("kubeadm config images list --kubernetes-version v1.36.3 --image-repository r.example.com/kubernetes");
});

it("leaves the image's sandbox image alone without a repository, and goes back to kubeadm's when it is taken away", () => {
  node.write("etc/containerd/config.toml", VERSION_2);
  prepare({});
  expect(containerd()).toBe(VERSION_2);
  expect(node.calls.filter((call) => call.startsWith("kubeadm"))).toEqual([]);
  prepare({ IMAGE_REPOSITORY: "r.example.com" });
  prepare({});
  expect(cri(containerd()).sandbox).toBe("registry.k8s.io/pause:3.10.2");
});

it("fails when kubeadm does not name the sandbox image, and keeps the configuration", () => {
  node.write("etc/containerd/config.toml", VERSION_2);
  const broken = 'kubeadm() { [[ $1 == version ]] && echo v1.36.3 || { echo "no list" >&2; return 1; }; }';
  expect(prepare({ IMAGE_REPOSITORY: "r.example.com" }, broken)).toMatchObject({ code: 1, stderr: expect.stringContaining("no list") });
  expect(containerd()).toBe(VERSION_2);
});

const mirrors = () => moved(registryFiles({ mirrors: { "docker.io": ["https://m"] } }));

it.each([
  ["version 2", VERSION_2],
  ["version 3", VERSION_3],
])("has containerd read the mirrors where the image's %s names no folder for them", (_, before) => {
  node.write("etc/containerd/config.toml", before);
  expect(prepare({ SOFTWARE_FILES: mirrors() })).toMatchObject({ code: 0 });
  expect(cri(containerd()).registry).toEqual({ config_path: "/etc/containerd/certs.d" });
  expect(prepare({ SOFTWARE_FILES: mirrors() })).toMatchObject({ code: 0 });
  expect(restarts()).toBe(1);
});

it("keeps a list of folders that has the one for mirrors", () => {
  const before = `${VERSION_3}[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/etc/containerd/certs.d:/etc/docker/certs.d'\n`;
  node.write("etc/containerd/config.toml", before.replaceAll("/etc/containerd", `${node.folder}/etc/containerd`));
  expect(prepare({ SOFTWARE_FILES: mirrors() })).toMatchObject({ code: 0 });
  expect(containerd()).toBe(before);
});

it("refuses mirrors beside an image's own in their older form, with which containerd would pull nothing", () => {
  const before = `${VERSION_2}    [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\n      endpoint = ["https://a"]\n`;
  node.write("etc/containerd/config.toml", before);
  expect(prepare({ SOFTWARE_FILES: mirrors() })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "failed: /etc/containerd/config.toml of the image has registry.mirrors, which containerd does not take beside registries.mirrors and registries.hosts; take them out of the image\n",
    ),
  });
  expect(containerd()).toBe(before);
});

const credentials = (password: string) => registryCredentials({ hosts: { "r:5000": { username: "me", password } } });

it.each([
  ["version 2", VERSION_2],
  ["version 3", VERSION_3],
])("adds, changes and removes credentials in %s, each time with a restart of containerd", (_, before) => {
  node.write("etc/containerd/config.toml", before);
  const passwords = ['a "quoted" \\ & $word', "another", "another"];
  for (const password of passwords) {
    expect(prepare({ REGISTRY_CREDENTIALS: credentials(password) })).toMatchObject({ code: 0 });
    expect(cri(containerd()).registry).toEqual({ configs: { "r:5000": { auth: { username: "me", password } } } });
    expect(node.mode("etc/containerd/config.toml")).toBe("600");
  }
  expect(restarts()).toBe(2);
  prepare({});
  expect(containerd()).toBe(before);
  expect(node.mode("etc/containerd/config.toml")).toBe("644");
  expect(restarts()).toBe(3);
});

it("sets everything at once, in a configuration that containerd itself makes", () => {
  node.write("etc/containerd/config.toml", "disabled_plugins = ['cri']\n");
  const stub = `containerd() { [[ $2 != default ]] || printf '%s' '${VERSION_2.replace("true", "false")}'; }`;
  const all = { IMAGE_REPOSITORY: "r:5000", REGISTRY_CREDENTIALS: credentials("p"), SOFTWARE_FILES: mirrors() };
  expect(prepare(all, stub)).toMatchObject({ code: 0 });
  expect(cri(containerd())).toEqual({
    sandbox: "r:5000/pause:3.10.2",
    registry: { config_path: "/etc/containerd/certs.d", configs: { "r:5000": { auth: { username: "me", password: "p" } } } },
  });
  const first = containerd();
  expect(prepare(all, stub)).toMatchObject({ code: 0 });
  expect(containerd()).toBe(first);
});

it("does not blame a pool's part that does not exist for a configuration that containerd cannot read", () => {
  node.write("etc/containerd/config.toml", VERSION_2);
  const containerd = 'containerd() { echo "duplicated tables" >&2; return 1; }';
  expect(prepare({ REGISTRY_CREDENTIALS: credentials("p") }, containerd)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "duplicated tables\nweb-1: failed: containerd cannot read /etc/containerd/config.toml, for the reason above; take what is wrong out of the image's own part\n",
    ),
  });
  expect(restarts()).toBe(0);
});

const POOL = "etc/containerd/conf.d/caravan.toml";
/** A pool's part of containerd's configuration. */
const ofPool = (content: string) => moved([{ path: `/${POOL}`, mode: "0644", content }]);

it("gives them to a pool's part that names the plugin, too, from which containerd 1 takes all of its settings", () => {
  node.write("etc/containerd/config.toml", VERSION_2);
  const part = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  max_concurrent_downloads = 10\n';
  const all = { IMAGE_REPOSITORY: "r:5000", REGISTRY_CREDENTIALS: credentials("p"), SOFTWARE_FILES: mirrors() + ofPool(part) };
  for (let round = 0; round < 2; round++) {
    expect(prepare(all)).toMatchObject({ code: 0 });
    expect(cri(node.read(POOL).replaceAll(node.folder, ""))).toEqual(cri(containerd()));
    expect(node.read(POOL)).toContain("max_concurrent_downloads = 10\n");
    expect(node.mode(POOL)).toBe("600");
  }
  expect(restarts()).toBe(1);
  prepare({ SOFTWARE_FILES: ofPool(part) });
  expect(node.mode(POOL)).toBe("644");
});

it("keeps a pool's own sandbox image, and a part that names another plugin", () => {
  node.write("etc/containerd/config.toml", VERSION_2);
  const own = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "own/pause:1"\n';
  const other = 'version = 2\n[plugins."io.containerd.gc.v1.scheduler"]\n  startup_delay = "1s"\n';
  for (const part of [own, other]) {
    expect(prepare({ IMAGE_REPOSITORY: "r:5000", SOFTWARE_FILES: ofPool(part) })).toMatchObject({ code: 0 });
    expect(node.read(POOL)).toBe(part);
  }
});

const proxies = (no: string[]) => moved(proxyFiles({ https: "http://me:p%20w@proxy:3128", no }, "https://packages.example.com/"));
const proxyCalls = () => node.calls.filter((call) => /daemon-reload|try-restart/.test(call));

it("restarts containerd and the kubelet when the proxies change, and when they are taken away", () => {
  const reload = ["systemctl daemon-reload", "systemctl try-restart containerd kubelet"];
  prepare({});
  expect(proxyCalls()).toEqual([]);
  prepare({ SOFTWARE_FILES: proxies([]) });
  prepare({ SOFTWARE_FILES: proxies([]) });
  expect(proxyCalls()).toEqual(reload);
  prepare({ SOFTWARE_FILES: proxies(["example.com"]) });
  expect(proxyCalls()).toEqual([...reload, ...reload]);
  prepare({});
  expect(proxyCalls()).toEqual([...reload, ...reload, ...reload]);
  expect(node.has("etc/caravan/proxy.env")).toBe(false);
  prepare({});
  expect(proxyCalls()).toEqual([...reload, ...reload, ...reload]);
});

it("restarts them after a run that was interrupted before it", () => {
  prepare({ SOFTWARE_FILES: proxies([]) }, "systemctl() { [[ $1 != try-restart ]] || exit 1; }");
  prepare({ SOFTWARE_FILES: proxies([]) });
  expect(proxyCalls()).toEqual(["systemctl daemon-reload", "systemctl try-restart containerd kubelet"]);
});

it("fetches the key of the packages through the proxy, and runs kubeadm without it", () => {
  const old = `
kubeadm() { if [[ $1 == version ]]; then if [[ -f /run/installed ]]; then echo v1.36.3; else echo v1.36.2; fi; else record "kubeadm: \${https_proxy:-none}"; echo r/pause:3; fi; }
apt-get() { [[ $* != *kubeadm=* ]] || touch /run/installed; }
curl() { record "curl: $https_proxy"; }
gpg() { [[ $* != *--show-keys* ]] || printf '%s\\n' pub:::: fpr:::::::::$PACKAGE_KEY:; }
install() { mkdir -p "\${@: -1}"; }`;
  node.write("etc/apt/sources.list.d/debian.list");
  expect(prepare({ SOFTWARE_FILES: proxies([]), IMAGE_REPOSITORY: "r" }, old)).toMatchObject({ code: 0 });
  expect(node.calls.filter((call) => /^(curl|kubeadm)/.test(call))).toEqual(["curl: http://me:p%20w@proxy:3128", "kubeadm: none"]);
});
