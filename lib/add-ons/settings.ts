import { z } from "zod";
import { fields, object, switchable, text, textOrTexts } from "../schema.ts";

/** What all add-ons have in common. */
export interface CommonAddOnSettings {
  /**
   * Fields of the add-on's objects by kind and name, like { "Deployment/metrics-server": { spec: { ... } } }; they win over the library's. Maps are merged, lists
   * of what has names as well; other lists are replaced. @default none
   */
  values?: Record<string, Record<string, unknown>>;
}

/** metrics-server: the figures of `kubectl top` and of the HorizontalPodAutoscaler. */
export interface MetricsServerSettings extends CommonAddOnSettings {
  /** Version, without "v"; 0.8 or 0.9. @default "0.8.0" (follows kubernetesVersion) */
  version?: string;
  /** Image without its tag, for a registry of your own. @default registry.k8s.io/metrics-server/metrics-server, or its mirror */
  image?: string;
  /** Number of pods, from 1 to 5; from 2 on, a PodDisruptionBudget keeps one. @default 1 */
  replicas?: number;
  /** Arguments of the program, without their dashes; they win over the library's. @default none */
  extraArgs?: Record<string, string | string[]>;
}

/** Add-ons by name: true or settings for those that run, false for those that do not. */
export interface AddOnSettings {
  /** metrics-server, for `kubectl top` and the HorizontalPodAutoscaler. @default false */
  metricsServer?: boolean | MetricsServerSettings;
}

const common = { values: z.record(z.string(), fields).optional() };

/** Schema of MetricsServerSettings. @internal */
export const metricsServer = object({
  version: text.optional(),
  image: text.optional(),
  replicas: z.int().min(1).max(5).optional(),
  extraArgs: z.record(z.string(), textOrTexts).optional(),
  ...common,
});

/** Schema of AddOnSettings. @internal */
export const addOns = object({ metricsServer: switchable(metricsServer, "must be true, false or an object with settings").optional() });
