import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { ScriptedNode, suitable, preparation as variables } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/fstab", "/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n");
  node.write("etc/containerd/config.toml", "SystemdCgroup = true\n");
  node.write("etc/apt/sources.list.d/debian.list");
  node.write("etc/os-release", "ID=debian\n");
  node.write("proc/sys/net/ipv4/ip_forward", "1\n");
});
afterEach(() => node.remove());

/** Stubs of a machine whose image has a version of Kubernetes. */
const image = (version: string) => `
${suitable}
kubeadm() { echo v${version}; }
kubelet() { echo "Kubernetes v${version}"; }
modprobe() { record modprobe "$@"; return 1; }
gpg() { record gpg "$@"; [[ $* != *--show-keys* ]] || printf '%s\\n' pub:::: fpr:::::::::$PACKAGE_KEY: sub:::: fpr:::::::::AA:; }
install() { mkdir -p "\${@: -1}"; }
`;

it("installs nothing on a machine whose image has the right version", () => {
  expect(node.runNodeScript("prepare", variables, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([
    "swapoff --all",
    "modprobe --all overlay br_netfilter",
    "sysctl --quiet --system",
    "systemctl enable --now containerd",
    "apt-mark showhold",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
    "dpkg-query --show --showformat ${Package} ${db:Status-Status}\\n containerd containerd.io kubeadm kubelet kubectl",
    "systemctl enable kubelet",
  ]);
});

it("makes the kubelet's units readable for root only", () => {
  const units = ["etc/systemd/system/kubelet.service.d/90-own.conf", "usr/lib/systemd/system/kubelet.service"];
  for (const unit of units) node.write(unit, "[Service]\n");
  node.write("usr/lib/systemd/system/other.service", "[Service]\n");
  expect(node.runNodeScript("prepare", variables, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(units.map((unit) => node.mode(unit))).toEqual(["600", "600"]);
  expect(node.mode("usr/lib/systemd/system/other.service")).toBe("644");
});

it.each([
  ["only itself", "nameserver 127.0.0.1\n", true],
  ["another one, too", "nameserver 127.0.0.1\nnameserver 10.40.0.2\n", false],
  ["another one", "nameserver 9.9.9.9\n", false],
])("warns of a machine whose DNS servers are %s: %#", (_, content, expected) => {
  node.write("etc/resolv.conf", content);
  const { code, stderr } = node.runNodeScript("prepare", variables, image("1.36.3"));
  const warning = "web-1: names only itself (127.0.0.1) in /etc/resolv.conf, so that CoreDNS cannot resolve names there; ";
  expect([code, stderr.includes(warning)]).toEqual([0, expected]);
});

it("turns off swap, also at later boots", () => {
  node.runNodeScript("prepare", variables, image("1.36.3"));
  expect(node.read("etc/fstab")).toBe("/dev/vda1 / ext4 defaults 0 1\n");
});

/** Stubs of a machine whose image has another version, until apt installs the wanted one. */
const installing = `
kubeadm() { if [[ -f /run/installed ]]; then echo v1.36.3; else echo v1.36.5; fi; }
kubelet() { echo "Kubernetes $(kubeadm)"; }
apt-get() { record apt-get "$@"; [[ $* != *kubeadm=* ]] || touch /run/installed; }
dpkg-query() { printf '%s\\n' 'containerd installed' 'kubeadm installed' 'kubelet installed' 'kubectl installed'; }
apt-mark() { record apt-mark "$@"; [[ $1 != showhold ]] || echo kubectl; }
`;
const APT = "apt-get --quiet --option Acquire::Retries=3 --option DPkg::Options::=--force-confdef --option DPkg::Options::=--force-confold";

it("installs exactly the wanted version by the repository's key, in place of a later one too, and holds what nobody holds yet", () => {
  const result = node.runNodeScript("prepare", variables, image("1.36.5") + installing);
  expect(result).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-1: has kubeadm v1.36.5 in its image; 1.36.3 takes its place\n"),
  });
  expect(node.calls.filter((call) => /^(apt|dpkg|gpg|curl)/.test(call))).toEqual([
    "dpkg --configure --pending --force-confdef --force-confold",
    `${APT} update`,
    `${APT} install --fix-broken --yes`,
    "curl --fail --silent --show-error --location --retry 5 --retry-connrefused --max-time 60 --output /run/caravan/Release.key https://packages.example.com/v1.36/Release.key",
    "gpg --batch --with-colons --show-keys /run/caravan/Release.key",
    "gpg --batch --dearmor --output /run/caravan/gnupg/repository.gpg /run/caravan/Release.key",
    `gpg --batch --no-default-keyring --keyring /run/caravan/gnupg/repository.gpg --export ${variables.PACKAGE_KEY}`,
    `${APT} update`,
    `${APT} install --yes --allow-change-held-packages --allow-downgrades kubeadm=1.36.3-* kubelet=1.36.3-* kubectl=1.36.3-* kubernetes-cni`,
    "apt-mark showhold",
    "apt-mark hold containerd kubeadm kubelet",
  ]);
  expect(node.read("etc/apt/sources.list.d/kubernetes.list").replaceAll(node.folder, "")).toBe(
    "deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] https://packages.example.com/v1.36/ /\n",
  );
  expect(node.read("var/lib/caravan/held-packages")).toBe("containerd\nkubeadm\nkubelet\n");
});

it("refuses a repository with another key, and names both", () => {
  const stub = `${image("1.36.5")}${installing}gpg() { printf '%s\\n' pub:::: fpr:::::::::FEDCBA98765432100123456789ABCDEF01234567:; }`;
  expect(node.runNodeScript("prepare", variables, stub)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "failed: the key of https://packages.example.com/v1.36/ is FEDCBA98765432100123456789ABCDEF01234567, and not the expected " +
        "0123456789ABCDEF0123456789ABCDEF01234567; if it is the right one, give it as packageRepositoryKey\n",
    ),
  });
  expect(node.has("etc/apt/sources.list.d/kubernetes.list")).toBe(false);
});

it("says which programs are in the way of the installed ones", () => {
  const stub = `${image("1.36.5")}${installing}kubeadm() { echo v1.36.5; }\nkubelet() { echo "Kubernetes v1.36.5"; }`;
  expect(node.runNodeScript("prepare", variables, stub)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "are v1.36.5 and Kubernetes v1.36.5, although 1.36.3 was installed; remove those that no package has\n",
    ),
  });
});

it("installs programs that the image does not have, in one go", () => {
  const missing = 'command() { [[ $* != "-v curl" && $* != "-v containerd" ]] && builtin command "$@"; }';
  expect(node.runNodeScript("prepare", variables, image("1.36.3") + missing)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-1: install containerd curl ca-certificates ("),
  });
  expect(node.calls.filter((call) => call.startsWith("apt-get")).slice(2)).toEqual([
    `${APT} install --yes containerd curl ca-certificates`,
  ]);
});

it("names what must be installed where there is no apt", () => {
  node.write("etc/os-release", "ID=rocky\n");
  const missing = 'command() { [[ $* != "-v curl" ]] && builtin command "$@"; }';
  expect(node.runNodeScript("prepare", variables, image("1.36.3") + missing)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "failed: curl ca-certificates must be installed on this machine beforehand, because its system is neither Debian nor Ubuntu\n",
    ),
  });
});

it.each(["etc/kubernetes/kubelet.conf", "var/lib/caravan/etcd-machine"])("leaves the version of a machine with %s alone", (role) => {
  node.write(role);
  expect(node.runNodeScript("prepare", variables, image("1.35.0"))).toMatchObject({ code: 0 });
  expect(node.calls.filter((call) => call.startsWith("apt-get"))).toEqual([]);
});

it("notes its digest once all is done, and forgets that of before when something changes", () => {
  const broken = "set_kernel() { return 1; }";
  expect(node.runNodeScript("prepare", variables, image("1.36.3") + broken)).toMatchObject({ code: 1 });
  expect(node.has("var/lib/caravan/prepared")).toBe(false);
  expect(node.runNodeScript("prepare", variables, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(node.read("var/lib/caravan/prepared")).toBe("digest\n");
});

it("configures a containerd that is not configured for Kubernetes, and restarts it", () => {
  node.write("etc/containerd/config.toml", "disabled_plugins = ['cri']\n");
  const containerd = "containerd() { printf '%s\\n' 'config_path = \"\"' 'SystemdCgroup = false'; }";
  expect(node.runNodeScript("prepare", variables, image("1.36.3") + containerd)).toMatchObject({ code: 0 });
  expect(node.read("etc/containerd/config.toml").replaceAll(node.folder, "")).toBe(
    "config_path = '/etc/containerd/certs.d'\nSystemdCgroup = true\n",
  );
  expect(node.calls).toContain("systemctl restart containerd");
});

/** Pool's part of containerd's configuration. */
const more = () => encodeNodeFiles([{ path: `${node.folder}/etc/containerd/conf.d/caravan.toml`, mode: "0644", content: "version = 2\n" }]);
const containerdSettings = () => node.read("etc/containerd/config.toml").replaceAll(node.folder, "");

it.each([
  ["imports nothing", "imports = []\nSystemdCgroup = true\n", 'imports = ["/etc/containerd/conf.d/*.toml", ]\nSystemdCgroup = true\n'],
  [
    "imports others",
    'imports = ["/a"]\nSystemdCgroup = true\n',
    'imports = ["/etc/containerd/conf.d/*.toml", "/a"]\nSystemdCgroup = true\n',
  ],
  ["has no imports", "SystemdCgroup = true\n", 'imports = ["/etc/containerd/conf.d/*.toml"]\nSystemdCgroup = true\n'],
])("makes a containerd whose configuration %s import the pool's part, and restarts it once", (_, before, after) => {
  node.write("etc/containerd/config.toml", before);
  expect(node.runNodeScript("prepare", { ...variables, SOFTWARE_FILES: more() }, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(containerdSettings()).toBe(after);
  expect(node.runNodeScript("prepare", { ...variables, SOFTWARE_FILES: more() }, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(containerdSettings()).toBe(after);
  expect(node.calls.filter((call) => call === "systemctl restart containerd")).toHaveLength(1);
});

it("removes the pool's part, and restarts containerd", () => {
  node.runNodeScript("prepare", { ...variables, SOFTWARE_FILES: more() }, image("1.36.3"));
  node.runNodeScript("prepare", variables, image("1.36.3"));
  expect(node.has("etc/containerd/conf.d/caravan.toml")).toBe(false);
  expect(node.calls.filter((call) => call === "systemctl restart containerd")).toHaveLength(2);
});

it("restarts containerd after a run that was interrupted before it", () => {
  node.write("var/lib/caravan/restart-containerd");
  node.runNodeScript("prepare", variables, image("1.36.3"));
  expect(node.calls).toContain("systemctl restart containerd");
  expect(node.has("var/lib/caravan/restart-containerd")).toBe(false);
});

it("does not restart containerd with settings that it cannot read", () => {
  const containerd = 'containerd() { echo "toml: broken" >&2; return 1; }';
  expect(node.runNodeScript("prepare", { ...variables, SOFTWARE_FILES: more() }, image("1.36.3") + containerd)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "toml: broken\nweb-1: failed: containerd cannot read containerRuntime.configuration, which was taken away again\n",
    ),
  });
  expect(node.has("etc/containerd/conf.d/caravan.toml")).toBe(false);
  expect(node.calls).not.toContain("systemctl restart containerd");
});

it("gives the pool's cgroup driver to containerd, and keeps the image's other settings", () => {
  node.write("etc/containerd/config.toml", 'SystemdCgroup = true\nconfig_path = "/etc/containerd/certs.d"\n');
  const cgroupfs = { ...variables, CGROUP_DRIVER: "cgroupfs" };
  for (let round = 0; round < 2; round++) {
    expect(node.runNodeScript("prepare", cgroupfs, image("1.36.3"))).toMatchObject({ code: 0 });
    expect(containerdSettings()).toBe('SystemdCgroup = false\nconfig_path = "/etc/containerd/certs.d"\n');
  }
});

it("refuses to change the cgroup driver under a node", () => {
  node.write("etc/kubernetes/kubelet.conf");
  expect(node.runNodeScript("prepare", { ...variables, CGROUP_DRIVER: "cgroupfs" }, image("1.36.3"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "the cgroup driver cannot become cgroupfs under a node that has joined; give it to a new pool, and move there",
    ),
  });
});

it("fails with the reason when the machine cannot forward packets", () => {
  node.write("proc/sys/net/ipv4/ip_forward", "0\n");
  expect(node.runNodeScript("prepare", variables, image("1.36.3"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("net.ipv4.ip_forward is 0 and cannot be set"),
  });
});

it("writes files as they are, with their permissions, and leaves those that are taken out", () => {
  const path = `${node.folder}/etc/webhooks/a`;
  const line = (content: string) => `0640 ${process.getuid!()} ${path} ${Buffer.from(content).toString("base64")}\n`;
  expect(node.runNodeScript("prepare", { ...variables, USER_FILES: line("@NODE_NAME@") }, image("1.36.3"))).toMatchObject({ code: 0 });
  expect([node.read("etc/webhooks/a"), node.mode("etc/webhooks/a")]).toEqual(["@NODE_NAME@", "640"]);
  node.runNodeScript("prepare", { ...variables, USER_FILES: line("") }, image("1.36.3"));
  expect(node.read("etc/webhooks/a")).toBe("");
  node.runNodeScript("prepare", variables, image("1.36.3"));
  expect(node.has("etc/webhooks/a")).toBe(true);
});
