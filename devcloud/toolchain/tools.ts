import { corednsTool, etcdTool, kubernetesTool, otherVersionTools } from "./kubernetes-tools.ts";
import { DEFAULT } from "./kubernetes-versions.ts";
import type { Tool } from "./tool.ts";

const flannelModule = "github.com/flannel-io/flannel";

const ciliumModule = "github.com/cilium/cilium";
// Cilium reads this as "version revision date". With fewer words, it considers its version unknown.
const ciliumVariables = { [`${ciliumModule}/pkg/version.ciliumVersion`]: "1.19.6 9a8982433e18 2026-07-16T14:53:30Z" };

/**
 * Tools that are built from Go modules, with their sources and build settings.
 * To change a version, edit it here and in modules/<module>/go.mod, run `go mod tidy -e` there (it may complain about modules that only
 * tests need), and commit go.mod and go.sum.
 */
export const tools = {
  pulumi: {
    version: "3.259.0",
    source: "github.com/pulumi/pulumi/pkg/v3",
    builds: [
      {
        module: "pulumi",
        executables: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
        tags: ["grpcnotrace", "osusergo"],
        variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.259.0" },
      },
      {
        // No module in a proxy has the official language host, so main.go implements the needed part of it. It must stand beside pulumi.
        module: "pulumi-language-nodejs",
        executables: { "pulumi-language-nodejs": "." },
        variables: { "main.version": "v3.259.0" },
      },
    ],
  },
  "pulumi-resource-openstack": {
    // The version of the Node.js SDK that it serves. No module has the official plugin, so main.go bridges the Terraform provider again.
    version: "3.15.2",
    source: "github.com/terraform-provider-openstack/terraform-provider-openstack",
    builds: [
      {
        module: "pulumi-resource-openstack",
        executables: { "pulumi-resource-openstack": "." },
        variables: { "main.version": "3.15.2" },
      },
    ],
  },
  kubernetes: kubernetesTool(DEFAULT.kubernetes, "kubernetes"),
  etcd: etcdTool(DEFAULT.etcd, "etcd"),
  coredns: corednsTool(DEFAULT.coredns, "coredns"),
  ...otherVersionTools,
  pause: {
    // The tag of the pause image that kubeadm of this Kubernetes requires. The program is our own; the original is C.
    version: "3.10.2",
    builds: [{ module: "pause", executables: { pause: "." }, variables: { "main.version": "3.10.2" } }],
  },
  agnhost: {
    // Kubernetes' own test workload (HTTP, DNS and network servers in one program), from the Kubernetes module.
    version: "2.63.0",
    source: "k8s.io/kubernetes",
    builds: [
      {
        module: "kubernetes",
        executables: { agnhost: "k8s.io/kubernetes/test/images/agnhost" },
        variables: { "main.Version": "2.63.0" },
      },
    ],
  },
  helm: {
    version: "3.21.4",
    source: "helm.sh/helm/v3",
    builds: [
      {
        module: "helm",
        executables: { helm: "helm.sh/helm/v3/cmd/helm" },
        variables: {
          "helm.sh/helm/v3/internal/version.version": "v3.21.4",
          // The version of the cluster that `helm template` assumes. Helm's own release build sets these, too.
          "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
          "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "36",
        },
      },
    ],
  },
  cilium: {
    // The last release whose dependencies are all available as modules. gobgp is the upstream one: Cilium's fork of it is not available.
    version: "1.19.6",
    source: ciliumModule,
    builds: [
      {
        module: "cilium",
        executables: {
          "cilium-agent": `${ciliumModule}/daemon`,
          "cilium-cni": `${ciliumModule}/plugins/cilium-cni`,
          "cilium-dbg": `${ciliumModule}/cilium-dbg`,
          "cilium-health-responder": `${ciliumModule}/cilium-health/responder`,
          "cilium-mount": `${ciliumModule}/tools/mount`,
          "cilium-sysctlfix": `${ciliumModule}/tools/sysctlfix`,
        },
        tags: ["osusergo"],
        variables: ciliumVariables,
      },
      {
        module: "cilium",
        executables: { "cilium-operator-generic": `${ciliumModule}/operator` },
        tags: ["osusergo", "ipam_provider_operator"],
        variables: ciliumVariables,
      },
    ],
  },
  flannel: {
    version: "0.28.10",
    source: flannelModule,
    builds: [
      {
        module: "flannel",
        executables: { flanneld: flannelModule, "install-conf": `${flannelModule}/cmd/install_conf` },
        // The SDK of the first is not available as a module, and the second is C.
        without: ["pkg/backend/tencentvpc", "pkg/backend/udp"],
        variables: { [`${flannelModule}/pkg/version.Version`]: "v0.28.10" },
      },
    ],
  },
  "flannel-cni": {
    // The last release with a plugin for flannel. flannel's own plugin is a fork of it, and not available as a module. A later CNI library
    // makes it support CNI 1.0.
    version: "0.9.1",
    source: "github.com/containernetworking/plugins",
    builds: [{ module: "flannel-cni", executables: { flannel: "github.com/containernetworking/plugins/plugins/meta/flannel" } }],
  },
  kwok: {
    // Simulates Nodes and pods that do not exist.
    version: "0.8.0",
    source: "sigs.k8s.io/kwok",
    builds: [{ module: "kwok", executables: { kwok: "sigs.k8s.io/kwok/cmd/kwok" } }],
  },
  "metrics-server": {
    // Figures of nodes and pods, an add-on of the library. It is built only when a stack or a test asks for it.
    version: "0.8.0",
    source: "sigs.k8s.io/metrics-server",
    builds: [
      {
        module: "metrics-server",
        executables: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
        variables: { "k8s.io/client-go/pkg/version.gitVersion": "v0.8.0" },
      },
    ],
  },
  versitygw: {
    // Object store (S3) that checks signatures and the policies of buckets.
    version: "1.8.0",
    source: "github.com/versity/versitygw",
    builds: [{ module: "versitygw", executables: { versitygw: "github.com/versity/versitygw/cmd/versitygw" } }],
  },
  terraform: {
    // The last release that is one module. Later ones need further modules for their backends, which no proxy has.
    version: "1.8.5",
    source: "github.com/hashicorp/terraform",
    builds: [
      {
        module: "terraform",
        executables: { terraform: "github.com/hashicorp/terraform" },
        variables: { "github.com/hashicorp/terraform/version.dev": "no" },
      },
    ],
  },
  "terraform-provider-openstack": {
    // The version that the Pulumi plugin bridges, as a program of its own for comparisons of the two.
    version: "1.54.1",
    source: "github.com/terraform-provider-openstack/terraform-provider-openstack",
    builds: [
      {
        module: "terraform-provider-openstack",
        executables: { "terraform-provider-openstack": "github.com/terraform-provider-openstack/terraform-provider-openstack" },
      },
    ],
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;
