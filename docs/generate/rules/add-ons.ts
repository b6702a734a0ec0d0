import type { AddOnSettings, MetricsServerSettings } from "../../../lib/add-ons/settings.ts";
import type { TypeRules } from "./rule.ts";
import { MINI } from "./surroundings.ts";

const INSECURE =
  ".kubelet-insecure-tls: lets anybody on the nodes' network pretend to be a kubelet, but the cluster's CA signs kubelets' certificates; leave it out";

const OBJECTS = [
  "ServiceAccount/metrics-server, ClusterRole/metrics-server, ClusterRoleBinding/metrics-server, ClusterRoleBinding/metrics-server-auth-delegator,",
  "RoleBinding/metrics-server-auth-reader, ClusterRole/metrics-server-reader, Deployment/metrics-server, Service/metrics-server,",
  "PodDisruptionBudget/metrics-server, APIService/v1beta1.metrics.k8s.io",
].join(" ");

/** Rules of the types of add-ons, by type. */
export const ADD_ON_RULES = {
  AddOnSettings: {
    within: MINI,
    at: ["addOns"],
    value: {},
    rules: {
      metricsServer: {
        refused: [
          ["on", [': "on" is not allowed: must be true, false or an object with settings']],
          [{ replica: 2 }, ['.replica: is not a property here; use "replicas", or remove it']],
        ],
      },
    },
  } satisfies TypeRules<AddOnSettings>,
  MetricsServerSettings: {
    within: MINI,
    at: ["addOns", "metricsServer"],
    value: {},
    rules: {
      version: {
        rule: "a full version that is for the cluster's Kubernetes",
        refused: [
          ["v0.8.0", [': "v0.8.0" is not a full version; write it without a "v", like 0.8.0']],
          ["0.7.2", [": 0.7.2 is not one that the library knows; use a version of 0.8, 0.9"]],
        ],
      },
      image: {
        rule: "a registry with a path, without a tag",
        refused: [
          [
            "registry.example.com/metrics-server:v0.8.0",
            [
              ': "registry.example.com/metrics-server:v0.8.0" is not an image without its tag; write it like registry.example.com/metrics-server, and the tag as version',
            ],
          ],
        ],
      },
      replicas: {
        refused: [
          [0, [": 0 is not allowed: Too small: expected number to be >=1"]],
          [6, [": 6 is not allowed: Too big: expected number to be <=5"]],
        ],
      },
      extraArgs: {
        rule: "names without dashes; not `kubelet-insecure-tls`",
        refused: [
          [{ "--v": "2" }, ['["--v"]: "--v" begins with dashes, which are added; write it "v"']],
          [{ "kubelet-insecure-tls": "true" }, [INSECURE]],
        ],
      },
      values: {
        rule: "kinds and names of objects that the add-on has",
        refused: [[{ "Deployment/metrics": {} }, [`["Deployment/metrics"]: is no object of this add-on; use ${OBJECTS}, or remove it`]]],
      },
    },
  } satisfies TypeRules<MetricsServerSettings>,
};
