import { z } from "zod";
import { text, texts } from "./values.ts";

/** KubeletArgs. */
export const kubelet = z.strictObject({ maxPods: z.int().optional(), configuration: z.record(z.string(), z.unknown()).optional() });

/** RegistryArgs. */
export const registries = z.strictObject({ mirrors: z.record(z.string(), texts).optional(), imageRepository: text.optional() });

/** ContainerRuntimeArgs. */
export const containerRuntime = z.strictObject({ cgroupDriver: text.optional(), configuration: text.optional() });
