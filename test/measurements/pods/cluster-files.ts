import { mergeValues } from "../../../lib/cni/helm-chart.ts";
import { controlPlaneFiles } from "../../../lib/control-plane/files.ts";
import { createEncryptionKey } from "../../../lib/kubeadm/encryption.ts";
import { API_PORT } from "../../../lib/kubeadm/init.ts";
import { INSTANCE_ID, NODE_ADDRESS, NODE_NAME } from "../../../lib/kubeadm/node-registration.ts";
import type { NodeFile } from "../../../lib/node/files.ts";
import { DEFAULT_KUBERNETES_VERSION } from "../../../lib/node/kubernetes-version.ts";
import { createCa, createServiceAccountKey } from "../../../lib/pki/certificates.ts";
import { scaleProfile } from "../../../lib/scale-profile/scale-profile.ts";

const CLUSTER = "scale";

/** Control plane of this machine. */
export const CONTROL_PLANE = { name: "control-plane-0", address: "10.64.0.10" };

/** Settings of a control plane: those of the library's profile, or Kubernetes' own. */
export type SettingsName = "profile" | "defaults";

export interface ClusterFilesArgs {
  settings: SettingsName;
  nodes: number;
  pods: number;
  /** Number of availability zones for the profile. @default unknown */
  zones?: number | undefined;
  /** percentageOfNodesToScore; 0 is the scheduler's default. @default that of the settings */
  percentage?: number | undefined;
}

/** Makes the files of a cluster's first control plane, by the library's own functions. */
export async function clusterFiles(args: ClusterFilesArgs): Promise<NodeFile[]> {
  const { settings, suggestions } = scaleProfile(args.nodes, args.pods, { zones: args.zones });
  const isProfile = args.settings === "profile";
  const cluster = await createCa("kubernetes");
  const endpoint = `${CONTROL_PLANE.address}:${API_PORT}`;
  const files = controlPlaneFiles({
    cluster: {
      clusterName: CLUSTER,
      kubernetesVersion: DEFAULT_KUBERNETES_VERSION,
      endpoint,
      certificateNames: [CONTROL_PLANE.address],
      serviceCidr: "10.96.0.0/12",
      // Networks with space for all nodes are no matter of tuning.
      podCidr: suggestions.networks.podCidr,
      nodeCidrMask: suggestions.networks.nodeCidrMask,
      kubeProxy: false,
      extraArgs: isProfile ? settings.extraArgs : undefined,
      extraEnvs: isProfile ? settings.extraEnvs : undefined,
    },
    kubelet: isProfile ? { configuration: settings.kubelet } : undefined,
    eventRateLimits: isProfile ? settings.eventRateLimits : undefined,
    scheduler: { configuration: schedulerSettings(isProfile ? settings.scheduler : {}, args.percentage) },
    cas: { cluster, frontProxy: await createCa("front-proxy-ca") },
    etcd: { topology: "stacked", ca: await createCa("etcd-ca") },
    serviceAccount: await createServiceAccountKey(),
    encryptionKey: createEncryptionKey(),
  });
  return files.map((file) => ({ ...file, content: withFacts(file.content) }));
}

function schedulerSettings(settings: Record<string, unknown>, percentage: number | undefined): Record<string, unknown> {
  return percentage === undefined ? settings : mergeValues(settings, { percentageOfNodesToScore: percentage });
}

/** Fills in the facts as the library's scripts do on the machine. */
function withFacts(content: string): string {
  const facts = {
    [NODE_NAME]: CONTROL_PLANE.name,
    [NODE_ADDRESS]: CONTROL_PLANE.address,
    [INSTANCE_ID]: "00000000-0000-4000-8000-000000000000",
  };
  return Object.entries(facts).reduce((text, [mark, fact]) => text.replaceAll(mark, fact), content);
}
