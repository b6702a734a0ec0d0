import { describe, expect, it } from "vitest";
import {
  containerImages,
  etcdImage,
  type ImageSources,
  kubeadmImages,
  parseImageNames,
  pauseImage,
} from "../../../devcloud/image/container-images.ts";

// Output of `kubeadm config images list --kubernetes-version v1.36.3`.
const kubeadmOutput = `registry.k8s.io/kube-apiserver:v1.36.3
registry.k8s.io/kube-controller-manager:v1.36.3
registry.k8s.io/kube-scheduler:v1.36.3
registry.k8s.io/kube-proxy:v1.36.3
registry.k8s.io/coredns/coredns:v1.14.2
registry.k8s.io/pause:3.10.2
registry.k8s.io/etcd:3.6.8-0
`;
const kubeadmNames = parseImageNames(kubeadmOutput);

const sources: ImageSources = {
  programs: {
    kubernetes: "/k8s",
    etcd: "/etcd",
    coredns: "/dns",
    pause: "/pause",
    agnhost: "/agnhost",
    cilium: "/cilium",
    flannel: "/flannel",
    "flannel-cni": "/flannel-cni",
  },
  base: "/base.tar",
  ciliumSource: "/source",
  versions: { cilium: "1.19.6", flannel: "0.28.10", agnhost: "2.63.0" },
};

describe("containerImages", () => {
  const images = containerImages(kubeadmNames, sources);

  it("makes every image that kubeadm, the network plugins' charts and the test workload need, with exactly their names", () => {
    expect(images.map((image) => image.name)).toEqual([
      ...kubeadmOutput.trim().split("\n"),
      "quay.io/cilium/cilium:v1.19.6",
      "quay.io/cilium/operator-generic:v1.19.6",
      "ghcr.io/flannel-io/flannel:v0.28.10",
      "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3",
      "registry.k8s.io/e2e-test-images/agnhost:2.63.0",
    ]);
  });

  it("has entrypoints that the images contain", () => {
    for (const image of images) expect(Object.keys(image.files)).toContain(image.entrypoint[0]);
  });

  it("puts a Debian below the images that call other programs", () => {
    expect(images.filter((image) => image.base === "/base.tar").map((image) => image.name)).toEqual([
      "registry.k8s.io/kube-proxy:v1.36.3",
      "quay.io/cilium/cilium:v1.19.6",
      "ghcr.io/flannel-io/flannel:v0.28.10",
      "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3",
    ]);
  });

  it("takes programs from the folders of their tools, and Cilium's scripts and BPF programs from its source", () => {
    const files = Object.assign({}, ...images.map((image) => image.files));
    expect(files).toMatchObject({
      "/usr/local/bin/kube-apiserver": "/k8s/kube-apiserver",
      "/usr/local/bin/etcdctl": "/etcd/etcdctl",
      "/usr/bin/cilium-health-responder": "/cilium/cilium-health-responder",
      "/install-plugin.sh": "/source/plugins/cilium-cni/install-plugin.sh",
      "/var/lib/cilium/bpf": "/source/bpf",
      "/opt/bin/flanneld": "/flannel/flanneld",
      "/flannel": "/flannel-cni/flannel",
    });
  });

  it("makes the images of another version of its own programs, and an etcd that no kubeadm names", () => {
    const names = ["registry.k8s.io/kube-proxy:v1.37.2", "registry.k8s.io/coredns/coredns:v1.14.6", "registry.k8s.io/etcd:3.7.0-0"];
    const programs = { kubernetes: "/k8s-37", etcd: "/etcd-37", coredns: "/dns-37", pause: "/pause" };
    const etcd = (folder: string) =>
      Object.fromEntries(["etcd", "etcdctl", "etcdutl"].map((name) => [`/usr/local/bin/${name}`, `${folder}/${name}`]));
    const entrypoint = ["/usr/local/bin/etcd"];
    expect([...kubeadmImages(names, { programs, base: "/base.tar" }), etcdImage("registry.k8s.io/etcd:3.6.16-0", "/etcd-late")]).toEqual([
      {
        name: names[0],
        files: { "/usr/local/bin/kube-proxy": "/k8s-37/kube-proxy" },
        entrypoint: ["/usr/local/bin/kube-proxy"],
        base: "/base.tar",
      },
      { name: names[1], files: { "/coredns": "/dns-37/coredns" }, entrypoint: ["/coredns"] },
      { name: names[2], files: etcd("/etcd-37"), entrypoint },
      { name: "registry.k8s.io/etcd:3.6.16-0", files: etcd("/etcd-late"), entrypoint },
    ]);
  });

  it("refuses an unknown image of kubeadm", () => {
    expect(() => containerImages(["registry.k8s.io/new-thing:v1"], sources)).toThrow(
      "kubeadm needs the image registry.k8s.io/new-thing:v1, for which there is no build: add one to container-images.ts",
    );
  });
});

describe("pauseImage", () => {
  it("finds the image with which containerd starts each pod", () => {
    expect(pauseImage(kubeadmNames)).toBe("registry.k8s.io/pause:3.10.2");
  });

  it("lists kubeadm's images when the pause image is missing", () => {
    expect(() => pauseImage(["a/b:1"])).toThrow("kubeadm names no pause image, only a/b:1");
  });
});
