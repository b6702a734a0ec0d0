import { z } from "zod";
import { object, oneOf, port, text } from "../schema.ts";

const chart = {
  version: text.optional(),
  repository: text.optional(),
  chart: text.optional(),
  values: z.record(z.string(), z.unknown()).optional(),
};

/** CiliumArgs, FlannelArgs and no network plugin. */
export const cni = z.discriminatedUnion(
  "type",
  [
    object({ type: z.literal("cilium"), ...chart, metadataAccess: z.boolean().optional() }),
    object({ type: z.literal("flannel"), ...chart, port: port.optional() }),
    object({ type: z.literal("none") }),
  ],
  oneOf("cilium", "flannel", "none"),
);
