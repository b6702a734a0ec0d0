import { z } from "zod";
import { fields, object, oneOf, port, text } from "../schema.ts";

/** Cilium settings. */
export interface CiliumSettings {
  /** Network plugin. */
  type: "cilium";
  /** Version of Cilium's Helm chart. @default "1.19.6" */
  version?: string;
  /** Helm repository of the chart. @default https://helm.cilium.io */
  repository?: string;
  /** Chart: its name in the repository, an oci:// reference or a local path. @default "cilium" */
  chart?: string;
  /** Further values of the chart, which win over the library's. @default none */
  values?: Record<string, unknown>;
  /**
   * Access of pods without host network to the cloud's metadata service (169.254.169.254), which tells each machine its own user data.
   * @default false
   */
  metadataAccess?: boolean;
}

/** Flannel settings. */
export interface FlannelSettings {
  /** Network plugin. */
  type: "flannel";
  /** Version of flannel's Helm chart. @default "v0.28.10" */
  version?: string;
  /** Helm repository of the chart. @default https://flannel-io.github.io/flannel */
  repository?: string;
  /** Chart: its name in the repository, an oci:// reference or a local path. @default "flannel" */
  chart?: string;
  /** UDP port of VXLAN, from 1 to 65535. @default 8472 (the Linux kernel's) */
  port?: number;
  /** Further values of the chart, which win over the library's. @default none */
  values?: Record<string, unknown>;
}

/** No network plugin: kube-proxy runs, and you install one. */
export interface NoCniSettings {
  /** Network plugin. */
  type: "none";
}

/** Network plugin of a cluster. */
export type CniSettings = CiliumSettings | FlannelSettings | NoCniSettings;

const chart = {
  version: text.optional(),
  repository: text.optional(),
  chart: text.optional(),
  values: fields.optional(),
};

/** Schema of CniSettings. @internal */
export const cni = z.discriminatedUnion(
  "type",
  [
    object({ type: z.literal("cilium"), ...chart, metadataAccess: z.boolean().optional() }),
    object({ type: z.literal("flannel"), ...chart, port: port.optional() }),
    object({ type: z.literal("none") }),
  ],
  oneOf("cilium", "flannel", "none"),
);
