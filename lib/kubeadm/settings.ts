import { z } from "zod";
import { fields, object, oneWord, ruledWord, text, textOrTexts, texts } from "../schema.ts";

/** Settings of kubelets. */
export interface KubeletSettings {
  /** Most pods of a node, from 1 to 250. @default 110 (Kubernetes' own limit for large clusters) */
  maxPods?: number;
  /** Further fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1), which win over the library's. @default none */
  configuration?: Record<string, unknown>;
}

/** Settings of kube-proxy, where it runs. */
export interface KubeProxySettings {
  /** Further fields of KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), which win over the library's. @default none */
  configuration?: Record<string, unknown>;
}

/** Settings of the scheduler. */
export interface SchedulerSettings {
  /** Fields of KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1), like percentageOfNodesToScore. @default Kubernetes' own */
  configuration?: Record<string, unknown>;
}

/** Authentication of users beside certificates and service accounts. */
export interface AuthenticationSettings {
  /** Fields of AuthenticationConfiguration (apiserver.config.k8s.io/v1), like jwt for users of an OpenID provider; they win over the library's. @default none */
  configuration?: Record<string, unknown>;
}

/** Command-line arguments, without their dashes, of the programs of control planes. A list gives an argument several times, in its order. */
export interface ExtraArgs {
  /** Arguments of kube-apiserver. @default none */
  apiServer?: Record<string, string | string[]>;
  /** Arguments of kube-controller-manager. @default none */
  controllerManager?: Record<string, string | string[]>;
  /** Arguments of kube-scheduler. @default none */
  scheduler?: Record<string, string | string[]>;
  /** Arguments of etcd on the control planes. @default none */
  etcd?: Record<string, string | string[]>;
}

/** Environment variables, by their names, of the programs of control planes; not for secrets. */
export interface ExtraEnvs {
  /** Variables of kube-apiserver. @default none */
  apiServer?: Record<string, string>;
  /** Variables of kube-controller-manager. @default none */
  controllerManager?: Record<string, string>;
  /** Variables of kube-scheduler. @default none */
  scheduler?: Record<string, string>;
  /** Variables of etcd on the control planes. @default none */
  etcd?: Record<string, string>;
}

/** Types of a path on a machine (https://kubernetes.io/docs/concepts/storage/volumes/#hostpath). */
export const HOST_PATH_TYPES = ["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"] as const;

/** Path of a control plane's machine that a program sees, as kubeadm takes it. */
export interface HostPathMount {
  /** Name of the volume, unique in the program. */
  name: string;
  /** Path on the machine. */
  hostPath: string;
  /** Path in the program's container. */
  mountPath: string;
  /** Keeps the program from writing there. @default false */
  readOnly?: boolean;
  /** Type of the path on the machine: "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice" or "BlockDevice". @default any, which is not checked */
  pathType?: (typeof HOST_PATH_TYPES)[number];
}

/** Further volumes of the programs of control planes. */
export interface ExtraVolumes {
  /** Volumes of kube-apiserver. @default none */
  apiServer?: HostPathMount[];
  /** Volumes of kube-controller-manager. @default none */
  controllerManager?: HostPathMount[];
  /** Volumes of kube-scheduler. @default none */
  scheduler?: HostPathMount[];
}

/** Levels of the Pod Security Standards, from no limits to the most. */
export const PodSecurityLevel = { privileged: "privileged", baseline: "baseline", restricted: "restricted" } as const;
export type PodSecurityLevel = (typeof PodSecurityLevel)[keyof typeof PodSecurityLevel];

/** Pod Security levels of namespaces without labels of their own (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
export interface PodSecuritySettings {
  /** Level below which a pod is refused: "privileged", "baseline" or "restricted". @default "baseline" */
  enforce?: PodSecurityLevel;
  /** Level below which the creator of a pod is warned: "privileged", "baseline" or "restricted". @default "restricted" */
  warn?: PodSecurityLevel;
  /** Level below which the audit log notes a pod: "privileged", "baseline" or "restricted". @default "restricted" */
  audit?: PodSecurityLevel;
  /** Namespaces that are exempt, beside kube-system. @default none */
  exemptNamespaces?: string[];
}

/** Scope of a limit: all that one API server receives, or that of each namespace, of each user, or of each source about each object. */
export const EventRateLimitType = { Server: "Server", Namespace: "Namespace", User: "User", SourceAndObject: "SourceAndObject" } as const;
export type EventRateLimitType = (typeof EventRateLimitType)[keyof typeof EventRateLimitType];

/** Limit of the events that an API server takes (admission plugin EventRateLimit). Those beyond are refused, and their writers do without. */
export interface EventRateLimit {
  /** Scope: "Server", "Namespace", "User" or "SourceAndObject". */
  type: EventRateLimitType;
  /** Events a second, from 1 to 2147483647, once the burst is used up. */
  qps: number;
  /** Events at once, from 1 to 2147483647. */
  burst: number;
  /** Namespaces, users or objects that are counted at a time, from 1 to 2147483647; of no use to "Server". @default 4096 (Kubernetes' own) */
  cacheSize?: number;
}

/** Schema of KubeletSettings. @internal */
export const kubelet = object({ maxPods: z.int().meta({ minimum: 1, maximum: 250 }).optional(), configuration: fields.optional() });

/** Schema of KubeProxySettings, SchedulerSettings and AuthenticationSettings. @internal */
export const configurationOnly = object({ configuration: fields.optional() });

/** A value for each program of a control plane. */
const eachProgram = <T extends z.ZodType>(value: T) =>
  object({ apiServer: value.optional(), controllerManager: value.optional(), scheduler: value.optional(), etcd: value.optional() });

/** A control plane whose pods had a variable that the kubelet refuses would not start. */
const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name is made of letters, digits and _, and begins with no digit");

/** Schema of ExtraArgs. @internal */
export const extraArgs = eachProgram(z.record(z.string(), textOrTexts));

const hostPathMounts = z.array(
  object({
    name: text,
    hostPath: text,
    mountPath: text,
    readOnly: z.boolean().optional(),
    pathType: ruledWord(HOST_PATH_TYPES).optional(),
  }),
);

/** Schema of ExtraVolumes. @internal */
export const extraVolumes = object({
  apiServer: hostPathMounts.optional(),
  controllerManager: hostPathMounts.optional(),
  scheduler: hostPathMounts.optional(),
});

/** Schema of ExtraEnvs. @internal */
export const extraEnvs = eachProgram(z.record(variableName, z.string()));

const level = oneWord(Object.values(PodSecurityLevel)).optional();

/** Schema of PodSecuritySettings. @internal */
export const podSecurity = object({ enforce: level, warn: level, audit: level, exemptNamespaces: texts.optional() });

/** The API server starts with no other numbers. */
const MOST = 2 ** 31 - 1;
const whole = z.int(`use a whole number from 1 to ${MOST}`).min(1, "use at least 1").max(MOST, `use at most ${MOST}`);

/** Schema of EventRateLimit. @internal */
export const eventRateLimit = object({
  type: oneWord(Object.values(EventRateLimitType)),
  qps: whole,
  burst: whole,
  cacheSize: whole.optional(),
});
