import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const variables = {
  KUBERNETES_VERSION: "1.36.3",
  PACKAGE_REPOSITORY: "https://packages.example.com/v1.36/",
  CGROUP_DRIVER: "systemd",
  FILES: "",
};

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/fstab", "/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n");
  node.write("etc/containerd/config.toml", "SystemdCgroup = true\n");
  node.write("etc/apt/sources.list.d/debian.list");
  node.write("proc/sys/net/ipv4/ip_forward", "1\n");
});
afterEach(() => node.remove());

/** Stubs of a machine whose image has a version of Kubernetes. */
const image = (version: string) => `
kubeadm() { echo v${version}; }
kubelet() { echo "Kubernetes v${version}"; }
modprobe() { record modprobe "$@"; return 1; }
gpg() { cat >/etc/apt/keyrings/kubernetes.gpg; }
`;

it("installs nothing on a machine whose image has the right version", () => {
  expect(node.runNodeScript("prepare", variables, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([
    "swapoff --all",
    "modprobe --all overlay br_netfilter",
    "sysctl --quiet --system",
    "systemctl enable --now containerd",
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

it("turns off swap, also at later boots", () => {
  node.runNodeScript("prepare", variables, image("1.36.3"));
  expect(node.read("etc/fstab")).toBe("/dev/vda1 / ext4 defaults 0 1\n");
});

it("installs and holds exactly the wanted version", () => {
  expect(node.runNodeScript("prepare", variables, image("1.36.2"))).toMatchObject({ code: 0 });
  expect(node.calls.filter((call) => call.startsWith("apt"))).toEqual([
    "apt-get -q update",
    "apt-get -q install -y --allow-change-held-packages kubeadm=1.36.3-* kubelet=1.36.3-* kubectl=1.36.3-* kubernetes-cni",
    "apt-mark hold kubeadm kubelet kubectl",
  ]);
  expect(node.read("etc/apt/sources.list.d/kubernetes.list").replaceAll(node.folder, "")).toBe(
    "deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] https://packages.example.com/v1.36/ /\n",
  );
});

it("refuses to change the version under a running node", () => {
  node.write("etc/kubernetes/kubelet.conf");
  expect(node.runNodeScript("prepare", variables, image("1.35.0"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("already runs another version than v1.36.3; upgrading a running node is not part of preparing it"),
  });
  expect(node.calls.filter((call) => call.startsWith("apt"))).toEqual([]);
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
  expect(node.runNodeScript("prepare", { ...variables, FILES: more() }, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(containerdSettings()).toBe(after);
  expect(node.runNodeScript("prepare", { ...variables, FILES: more() }, image("1.36.3"))).toMatchObject({ code: 0 });
  expect(containerdSettings()).toBe(after);
  expect(node.calls.filter((call) => call === "systemctl restart containerd")).toHaveLength(1);
});

it("removes the pool's part, and restarts containerd", () => {
  node.runNodeScript("prepare", { ...variables, FILES: more() }, image("1.36.3"));
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
  expect(node.runNodeScript("prepare", { ...variables, FILES: more() }, image("1.36.3") + containerd)).toMatchObject({
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
