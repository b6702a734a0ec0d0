import type { ControlPlaneSettings } from "../../../lib/control-plane/settings.ts";
import type {
  AuthenticationSettings,
  EventRateLimit,
  ExtraArgs,
  ExtraEnvs,
  ExtraVolumes,
  HostPathMount,
  PodSecuritySettings,
  SchedulerSettings,
} from "../../../lib/kubeadm/settings.ts";
import type { TypeRules } from "./rule.ts";
import { SETUP_RULES } from "./setup.ts";
import { MINI } from "./surroundings.ts";

const VOLUME = { name: "webhooks", hostPath: "/etc/webhooks", mountPath: "/etc/webhooks" };

/** Rules of the types of control planes, by type. */
export const CONTROL_PLANE_RULES = {
  ControlPlaneSettings: {
    within: MINI,
    at: ["controlPlane"],
    rules: {
      count: {
        rule: "odd with stacked etcd",
        refused: [
          [
            2,
            [
              ": 2 control planes cannot carry etcd; use 1, 3, 5, 7, or an etcd on machines of its own",
              'apiEndpoint.type: "floatingIp" reaches one control plane, not 2; use "octavia", "vip" or "external", or set controlPlane.count to 1',
            ],
          ],
          [
            9,
            [
              ": 9 control planes cannot carry etcd; use 1, 3, 5, 7, or an etcd on machines of its own",
              'apiEndpoint.type: "floatingIp" reaches one control plane, not 9; use "octavia", "vip" or "external", or set controlPlane.count to 1',
            ],
          ],
        ],
      },
      machine: { refused: [["m1.large", [': "m1.large" is not allowed: expected object, received string']]] },
      certSANs: {
        rule: "host names in lower case or IP addresses, without scheme and port, each once",
        refused: [
          [
            ["https://api.example.com", "API.example.com", "a.*.example.com"],
            ["https://api.example.com", "API.example.com", "a.*.example.com"].map(
              (name, place) =>
                `[${place}]: "${name}" is neither a host name in lower case nor an IP address; write it like api.example.com, *.example.com or 192.0.2.7`,
            ),
          ],
          [["api.example.com", "api.example.com"], ['[1]: "api.example.com" is named twice; name it once']],
        ],
      },
      scheduler: { refused: [["default", [': "default" is not allowed: expected object, received string']]] },
      schedulable: { refused: [["yes", [': "yes" is not allowed: expected boolean, received string']]] },
      extraVolumes: { refused: [["/etc/webhooks", [': "/etc/webhooks" is not allowed: expected object, received string']]] },
      extraArgs: { refused: [["--v=4", [': "--v=4" is not allowed: expected object, received string']]] },
      extraEnvs: { refused: [["GOGC=100", [': "GOGC=100" is not allowed: expected object, received string']]] },
      podSecurity: { refused: [["baseline", [': "baseline" is not allowed: expected object, received string']]] },
      authentication: { refused: [["oidc", [': "oidc" is not allowed: expected object, received string']]] },
      eventRateLimits: { rule: "at least one", refused: [[[], [": is not allowed: Too small: expected array to have >=1 items"]]] },
      ...SETUP_RULES,
      dnsReplicas: {
        refused: [
          [0, [": 0 is not allowed: Too small: expected number to be >=1"]],
          [1001, [": 1001 is not allowed: Too big: expected number to be <=1000"]],
        ],
      },
    },
  } satisfies TypeRules<ControlPlaneSettings>,
  SchedulerSettings: {
    within: MINI,
    at: ["controlPlane", "scheduler"],
    value: {},
    rules: {
      configuration: {
        rule: "no other kind or version",
        refused: [
          [
            { kind: "SchedulerConfiguration" },
            ['.kind: "SchedulerConfiguration" is not what the library writes; use KubeSchedulerConfiguration, or leave it out'],
          ],
        ],
      },
    },
  } satisfies TypeRules<SchedulerSettings>,
  AuthenticationSettings: {
    within: MINI,
    at: ["controlPlane", "authentication"],
    value: {},
    rules: {
      configuration: {
        rule: "no other kind or version",
        refused: [
          [
            { apiVersion: "apiserver.config.k8s.io/v1beta1" },
            [
              '.apiVersion: "apiserver.config.k8s.io/v1beta1" is not what the library writes; use apiserver.config.k8s.io/v1, or leave it out',
            ],
          ],
        ],
      },
    },
  } satisfies TypeRules<AuthenticationSettings>,
  ExtraArgs: {
    within: MINI,
    at: ["controlPlane", "extraArgs"],
    value: {},
    rules: {
      apiServer: {
        rule: "names without dashes and values; none that a property sets",
        refused: [
          [{ "--v": "4" }, ['["--v"]: "--v" begins with dashes, which are added; write it "v"']],
          [{ "v=4": "" }, ['["v=4"]: "v=4" is no name of an argument; write it without dashes and value, like "v"']],
          [{ "service-cluster-ip-range": "10.0.0.0/16" }, [".service-cluster-ip-range: is set elsewhere; use serviceCidr"]],
          [
            { "oidc-issuer-url": "https://id.example.com" },
            [
              ".oidc-issuer-url: cannot be used beside the library's AuthenticationConfiguration; use controlPlane.authentication.configuration.jwt",
            ],
          ],
        ],
      },
      controllerManager: {
        rule: "names without dashes and values; none that a property sets",
        refused: [
          [{ "cluster-cidr": "10.0.0.0/8" }, [".cluster-cidr: is set elsewhere; use podCidr"]],
          [{ "node-cidr-mask-size": "25" }, [".node-cidr-mask-size: is set elsewhere; use nodeCidrMask"]],
        ],
      },
      scheduler: {
        rule: "names without dashes and values; none that a property sets",
        refused: [
          [{ config: "/etc/scheduler.yaml" }, [".config: is set elsewhere; use controlPlane.scheduler.configuration"]],
          [{ v: 4 }, [".v: 4 is not allowed: must be a text, or a list of texts that is not empty"]],
          [{ v: [] }, [".v: is not allowed: must be a text, or a list of texts that is not empty"]],
        ],
      },
      etcd: {
        rule: "names without dashes and values; none that a property sets; none with an external etcd",
        refused: [
          [{ "-v": "4" }, ['["-v"]: "-v" begins with dashes, which are added; write it "v"']],
          [
            { v: "4" },
            [": is for etcd on control planes, which is external here; use etcd.settings"],
            {
              apiEndpoint: { type: "vip", allowedCidrs: ["198.51.100.0/24"] },
              etcd: { topology: "external", machine: { image: "node", flavor: "node.small" } },
            },
          ],
        ],
      },
    },
  } satisfies TypeRules<ExtraArgs>,
  ExtraVolumes: {
    within: MINI,
    at: ["controlPlane", "extraVolumes"],
    value: {},
    rules: {
      apiServer: {
        rule: "each name and each `mountPath` once",
        refused: [
          [
            [VOLUME, VOLUME],
            [
              '[1].name: "webhooks" is named twice; choose another name',
              '[1].mountPath: "/etc/webhooks" is named twice; choose another place',
            ],
          ],
        ],
      },
      controllerManager: { refused: [["/etc", [': "/etc" is not allowed: expected array, received string']]] },
      scheduler: { refused: [["/etc", [': "/etc" is not allowed: expected array, received string']]] },
    },
  } satisfies TypeRules<ExtraVolumes>,
  HostPathMount: {
    within: MINI,
    at: ["controlPlane", "extraVolumes", "apiServer", 0],
    value: VOLUME,
    rules: {
      name: {
        rule: "a DNS label; none of kubeadm's or the library's",
        refused: [
          ["Web_1", [': "Web_1" is no name of a volume; use at most 63 lower-case letters, digits and hyphens']],
          ["k8s-certs", [": \"k8s-certs\" is a volume of kubeadm's or of the library's; choose another name"]],
        ],
      },
      hostPath: {
        rule: "an absolute path",
        refused: [
          ["etc/webhooks", [': "etc/webhooks" is no absolute path; write it like /etc/webhooks']],
          ["/etc/../root", [': "/etc/../root" is no absolute path; write it like /etc/webhooks']],
        ],
      },
      mountPath: {
        rule: "an absolute path; none of kubeadm's or the library's",
        refused: [
          ["/etc/kubernetes/pki", [': "/etc/kubernetes/pki" is where kubeadm or the library mounts something; choose another place']],
        ],
      },
      readOnly: { refused: [["yes", [': "yes" is not allowed: expected boolean, received string']]] },
      pathType: {
        refused: [
          [
            "Folder",
            [': "Folder" is no type of a path; use DirectoryOrCreate, Directory, FileOrCreate, File, Socket, CharDevice, BlockDevice'],
          ],
        ],
      },
    },
  } satisfies TypeRules<HostPathMount>,
  ExtraEnvs: {
    within: MINI,
    at: ["controlPlane", "extraEnvs"],
    value: {},
    rules: {
      apiServer: {
        rule: "names of letters, digits and _; no control characters but tab and line feed",
        refused: [
          [
            { "GO-GC": "100" },
            ['.GO-GC: "GO-GC" is not allowed: a variable\'s name is made of letters, digits and _, and begins with no digit'],
          ],
        ],
      },
      controllerManager: {
        rule: "names of letters, digits and _; no control characters but tab and line feed",
        refused: [[{ GOGC: 100 }, [".GOGC: 100 is not allowed: expected string, received number"]]],
      },
      scheduler: {
        rule: "names of letters, digits and _; no control characters but tab and line feed",
        refused: [
          [{ GOGC: "1\u0000" }, [".GOGC: has the character U+0000, which kubeadm cannot read; remove it"]],
          [{ GOGC: "1\u2028" }, [".GOGC: has the character U+2028, which kubeadm cannot read; remove it"]],
        ],
      },
      etcd: {
        rule: "names of letters, digits and _; no control characters but tab and line feed; none with an external etcd",
        refused: [
          [
            { GOGC: "100" },
            [": is for etcd on control planes, which is external here; leave it out"],
            {
              apiEndpoint: { type: "vip", allowedCidrs: ["198.51.100.0/24"] },
              etcd: { topology: "external", machine: { image: "node", flavor: "node.small" } },
            },
          ],
        ],
      },
    },
  } satisfies TypeRules<ExtraEnvs>,
  PodSecuritySettings: {
    within: MINI,
    at: ["controlPlane", "podSecurity"],
    value: {},
    rules: {
      enforce: { refused: [["strict", [': "strict" is not allowed: use "privileged" or "baseline" or "restricted"']]] },
      warn: { refused: [["none", [': "none" is not allowed: use "privileged" or "baseline" or "restricted"']]] },
      audit: { refused: [["all", [': "all" is not allowed: use "privileged" or "baseline" or "restricted"']]] },
      exemptNamespaces: {
        rule: "DNS labels, each once",
        refused: [
          [
            ["Kube_System"],
            [
              '[0]: "Kube_System" is not an RFC 1123 label; use lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
            ],
          ],
          [["monitoring", "monitoring"], ['[1]: "monitoring" is named twice; name each namespace once']],
        ],
      },
    },
  } satisfies TypeRules<PodSecuritySettings>,
  EventRateLimit: {
    within: MINI,
    at: ["controlPlane", "eventRateLimits", 0],
    value: { type: "Server", qps: 100, burst: 200 },
    rules: {
      type: { refused: [["Pod", [': "Pod" is not allowed: use "Server" or "Namespace" or "User" or "SourceAndObject"']]] },
      qps: { refused: [[0.5, [": 0.5 is not allowed: use a whole number from 1 to 2147483647"]]] },
      burst: { refused: [[0, [": 0 is not allowed: use at least 1"]]] },
      cacheSize: { refused: [[2147483648, [": 2147483648 is not allowed: use at most 2147483647"]]] },
    },
  } satisfies TypeRules<EventRateLimit>,
};
