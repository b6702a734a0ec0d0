import { DEFAULT, LATE_ETCD, OTHER_VERSIONS, type OtherCoredns, type OtherEtcd, type OtherVersion } from "./kubernetes-versions.ts";
import type { Tool } from "./tool.ts";

const programs = ["kubeadm", "kubelet", "kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];

/** Describes the build of Kubernetes' programs from a module. */
export function kubernetesTool(version: string, module: string): Tool {
  return {
    version,
    source: "k8s.io/kubernetes",
    builds: [
      {
        module,
        executables: Object.fromEntries(programs.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`])),
        variables: {
          "k8s.io/component-base/version.gitVersion": `v${version}`,
          "k8s.io/component-base/version.gitMajor": "1",
          "k8s.io/component-base/version.gitMinor": version.split(".")[1]!,
          "k8s.io/component-base/version.gitTreeState": "clean",
          "k8s.io/client-go/pkg/version.gitVersion": `v${version}`,
        },
      },
    ],
  };
}

/** Describes the build of etcd's programs from a module. */
export function etcdTool(version: string, module: string): Tool {
  return {
    version,
    source: "go.etcd.io/etcd/server/v3",
    builds: [
      {
        module,
        executables: {
          etcd: "go.etcd.io/etcd/server/v3",
          etcdctl: "go.etcd.io/etcd/etcdctl/v3",
          etcdutl: "go.etcd.io/etcd/etcdutl/v3",
        },
      },
    ],
  };
}

/** Describes the build of CoreDNS from a module. */
export function corednsTool(version: string, module: string): Tool {
  const source = "github.com/coredns/coredns";
  return { version, source, builds: [{ module, executables: { coredns: source } }] };
}

type Named<Name extends string, Version extends string> = Record<`${Name}-${Version}`, Tool>;

/** Tools of the versions of Kubernetes beside the default. Each is a tool of its own, whose module has its name. */
export const otherVersionTools = {
  ...named("kubernetes", Object.keys(OTHER_VERSIONS) as OtherVersion[], kubernetesTool),
  ...named("etcd", others("etcd", LATE_ETCD) as OtherEtcd[], etcdTool),
  ...named("coredns", others("coredns") as OtherCoredns[], corednsTool),
};

function named<Name extends string, Version extends string>(
  name: Name,
  versions: readonly Version[],
  tool: (version: string, module: string) => Tool,
): Named<Name, Version> {
  const entries = versions.map((version) => [`${name}-${version}`, tool(version, `${name}-${version}`)]);
  return Object.fromEntries(entries) as Named<Name, Version>;
}

/** Lists the versions of a program that the default does not have. */
function others(program: "etcd" | "coredns", ...more: string[]): string[] {
  const wanted = Object.values(OTHER_VERSIONS).map((version): string => version[program]);
  return [...new Set([...more, ...wanted])].filter((version) => version !== DEFAULT[program]);
}
