import { z } from "zod";
import { object, text, texts } from "../schema.ts";

/** KubeletArgs. */
export const kubelet = object({ maxPods: z.int().optional(), configuration: z.record(z.string(), z.unknown()).optional() });

/** RegistryArgs. */
export const registries = object({ mirrors: z.record(z.string(), texts).optional(), imageRepository: text.optional() });

/** ContainerRuntimeArgs. */
export const containerRuntime = object({ cgroupDriver: text.optional(), configuration: text.optional() });
