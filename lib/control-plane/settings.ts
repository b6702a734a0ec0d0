import { z } from "zod";
import {
  type AuthenticationSettings,
  configurationOnly,
  type EventRateLimit,
  type ExtraArgs,
  type ExtraEnvs,
  type ExtraVolumes,
  eventRateLimit,
  extraArgs,
  extraEnvs,
  extraVolumes,
  type PodSecuritySettings,
  podSecurity,
  type SchedulerSettings,
} from "../kubeadm/settings.ts";
import { type MachineSettings, machine } from "../node/machine-settings.ts";
import { type SetupSettings, setup } from "../node/settings.ts";
import { bounded, object, texts } from "../schema.ts";
import { MOST_CONTROL_PLANES } from "./topology.ts";

/** Control planes of a cluster. */
export interface ControlPlaneSettings extends SetupSettings {
  /** Number of control planes: 1, 3, 5 or 7 when they carry etcd, 1 to 50 beside an external one. @default 1 */
  count?: number;
  /** Machine of each control plane. */
  machine: MachineSettings;
  /** Further host names and IP addresses in the API's certificate; "*.example.com" stands for the names below. When they change, each API server's certificate is renewed in place. @default those of the endpoint and of the control planes */
  certSANs?: string[];
  /** Settings of the scheduler. @default Kubernetes' own */
  scheduler?: SchedulerSettings;
  /** Workloads run on control planes, too, and load balancers of Services lead there; changed in place. @default false: they are tainted with node-role.kubernetes.io/control-plane:NoSchedule */
  schedulable?: boolean;
  /** Command-line arguments of the programs of control planes, which win over the library's; a list gives one several times. @default none */
  extraArgs?: ExtraArgs;
  /** Paths of the machines that the programs of control planes see. A change restarts the program; a changed file alone does not. @default none */
  extraVolumes?: ExtraVolumes;
  /** Environment variables of the programs of control planes, which win over the library's; not for secrets. @default none */
  extraEnvs?: ExtraEnvs;
  /** Pod Security levels of namespaces without labels of their own. @default baseline is enforced; restricted is warned about and audited */
  podSecurity?: PodSecuritySettings;
  /** Authentication of users beside certificates and service accounts. Anonymous requests reach the health paths only. @default none */
  authentication?: AuthenticationSettings;
  /** Limits of the events that each API server takes. @default as many as pods of the cluster's size may write */
  eventRateLimits?: EventRateLimit[];
  /** Replicas of CoreDNS, from 1 to 1000. @default the two that kubeadm makes up to 100 nodes, beyond that one for 16 nodes */
  dnsReplicas?: number;
}

/** Schema of ControlPlaneSettings. @internal */
export const controlPlane = object({
  count: bounded(1, MOST_CONTROL_PLANES).optional(),
  machine,
  certSANs: texts.optional(),
  scheduler: configurationOnly.optional(),
  schedulable: z.boolean().optional(),
  extraArgs: extraArgs.optional(),
  extraVolumes: extraVolumes.optional(),
  extraEnvs: extraEnvs.optional(),
  podSecurity: podSecurity.optional(),
  authentication: configurationOnly.optional(),
  eventRateLimits: z.array(eventRateLimit).min(1).optional(),
  dnsReplicas: z.int().min(1).max(1000).optional(),
  ...setup,
});
