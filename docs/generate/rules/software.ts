import type { KubeletSettings, KubeProxySettings } from "../../../lib/kubeadm/settings.ts";
import type { ContainerRuntimeSettings, FileSettings } from "../../../lib/node/settings.ts";
import type { TypeRules } from "./rule.ts";
import { FLANNEL, MINI } from "./surroundings.ts";

/** Rules of the types of the nodes' software, by type. */
export const SOFTWARE_RULES = {
  KubeletSettings: {
    within: MINI,
    at: ["kubelet"],
    value: {},
    rules: {
      maxPods: {
        rule: "room in `nodeCidrMask`",
        refused: [
          [0, [": 0 is not a number of pods for a node; use 1 to 250"]],
          [1.5, [": 1.5 is not allowed: expected int, received number"]],
          [
            200,
            ["nodeCidrMask: /25 has addresses for 124 pods, too few for kubelet.maxPods 200; use a shorter prefix or fewer pods"],
            { nodeCidrMask: 25 },
          ],
        ],
      },
      configuration: {
        rule: "no other kind or version; not `maxPods` and `cgroupDriver`, which have properties of their own",
        refused: [
          [{ maxPods: 50 }, [".maxPods: is set elsewhere; use kubelet.maxPods"]],
          [{ cgroupDriver: "cgroupfs" }, [".cgroupDriver: is set elsewhere; use containerRuntime.cgroupDriver"]],
          [{ kind: "Kubelet" }, ['.kind: "Kubelet" is not what the library writes; use KubeletConfiguration, or leave it out']],
        ],
      },
    },
  } satisfies TypeRules<KubeletSettings>,
  KubeProxySettings: {
    within: FLANNEL,
    at: ["kubeProxy"],
    value: {},
    rules: {
      configuration: {
        rule: "no other kind or version; not `clusterCIDR`, which have properties of their own",
        refused: [
          [{ mode: "userspace" }, ['.mode: "userspace" is no mode of kube-proxy; use nftables, iptables, ipvs']],
          [{ clusterCIDR: "10.0.0.0/8" }, [".clusterCIDR: is set elsewhere; use podCidr"]],
        ],
      },
    },
  } satisfies TypeRules<KubeProxySettings>,
  ContainerRuntimeSettings: {
    within: MINI,
    at: ["pools", "default", "containerRuntime"],
    value: {},
    rules: {
      cgroupDriver: { refused: [["systemctl", [': "systemctl" is no cgroup driver; use systemd or cgroupfs']]] },
      configuration: {
        rule: "TOML with its version",
        refused: [
          ["[plugins]\n", [": does not say for which version of containerd's configuration it is; begin it with a line like: version = 2"]],
        ],
      },
    },
  } satisfies TypeRules<ContainerRuntimeSettings>,
  FileSettings: {
    within: MINI,
    at: ["controlPlane", "files", 0],
    value: { path: "/etc/webhooks/audit.yaml", content: "text" },
    rules: {
      path: {
        rule: "absolute, without spaces; none where the library or Kubernetes writes",
        refused: [
          ["etc/a", [': "etc/a" is no absolute path of a file; write it without spaces, like /etc/webhooks/audit.yaml']],
          [
            "/etc/kubernetes/manifests/a.yaml",
            [': "/etc/kubernetes/manifests/a.yaml" is where the library or Kubernetes writes; choose another folder, like /etc/webhooks'],
          ],
        ],
      },
      content: { refused: [["", [': "" is not allowed: must be a text that is not empty']]] },
      permissions: { rule: "octal", refused: [["rw", [': "rw" are no permissions; write them in octal, like "0644"']]] },
      owner: { rule: "names of a user and a group", refused: [["a b", [': "a b" is no owner; write a user, or like root:root']]] },
    },
  } satisfies TypeRules<FileSettings>,
};
