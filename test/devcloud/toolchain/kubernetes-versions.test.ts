import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DEFAULT, type KubernetesVersion, LATE_ETCD, OTHER_VERSIONS, toolsOf } from "../../../devcloud/toolchain/kubernetes-versions.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";

const versions = [DEFAULT.kubernetes, ...Object.keys(OTHER_VERSIONS)] as KubernetesVersion[];

it("names the tools of each version, which are those of the default where the programs are the same", () => {
  expect(Object.fromEntries(versions.map((version) => [version, Object.values(toolsOf(version))]))).toEqual({
    "1.36.3": ["kubernetes", "etcd", "coredns"],
    "1.34.4": ["kubernetes-1.34.4", "etcd", "coredns"],
    "1.35.4": ["kubernetes-1.35.4", "etcd", "coredns"],
    "1.36.1": ["kubernetes-1.36.1", "etcd", "coredns"],
    "1.37.2": ["kubernetes-1.37.2", "etcd-3.7.3", "coredns-1.14.6"],
  });
});

it("has a tool for each of them, and for the last etcd before 3.7, and no other", () => {
  const wanted = [...new Set([...versions.flatMap((version) => Object.values(toolsOf(version))), `etcd-${LATE_ETCD}`])];
  expect(
    Object.keys(tools)
      .filter((name) => /^(kubernetes|etcd|coredns)\b/.test(name))
      .sort(),
  ).toEqual(wanted.sort());
});

it("builds other versions from modules of their own, as their own version", () => {
  const { version, builds } = tools["kubernetes-1.37.2"];
  expect({ version, builds }).toEqual({
    version: "1.37.2",
    builds: [
      {
        module: "kubernetes-1.37.2",
        executables: Object.fromEntries(
          ["kubeadm", "kubelet", "kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map((name) => [
            name,
            `k8s.io/kubernetes/cmd/${name}`,
          ]),
        ),
        variables: {
          "k8s.io/component-base/version.gitVersion": "v1.37.2",
          "k8s.io/component-base/version.gitMajor": "1",
          "k8s.io/component-base/version.gitMinor": "37",
          "k8s.io/component-base/version.gitTreeState": "clean",
          "k8s.io/client-go/pkg/version.gitVersion": "v1.37.2",
        },
      },
    ],
  });
});

/** Tags that kubeadm of each version names, from its source. */
const TAGS = {
  "1.36.3": ["3.6.8-0", "v1.14.2", "3.10.2"],
  "1.34.4": ["3.6.5-0", "v1.12.1", "3.10.1"],
  "1.35.4": ["3.6.6-0", "v1.13.1", "3.10.1"],
  "1.36.1": ["3.6.8-0", "v1.14.2", "3.10.2"],
  "1.37.2": ["3.7.0-0", "v1.14.6", "3.10.2"],
};

// Where the sources of a version are in Go's cache.
const source = (version: string) =>
  join(process.env.GOMODCACHE ?? join(homedir(), "go/pkg/mod"), `k8s.io/kubernetes@v${version}/cmd/kubeadm/app/constants/constants.go`);
const known = versions.filter((version) => existsSync(source(version)));

it.skipIf(known.length === 0)("knows the tags of etcd, CoreDNS and pause that kubeadm of each version names", () => {
  for (const version of known) {
    const text = readFileSync(source(version), "utf8");
    const value = (name: string) => new RegExp(`^\\t${name} *= "(.*)"`, "m").exec(text)![1]!;
    const tags = ["DefaultEtcdVersion", "CoreDNSVersion", "PauseVersion"].map(value);
    expect([version, ...tags]).toEqual([version, ...TAGS[version]]);
  }
});
