import { z } from "zod";
import { oneOf, port, text } from "./values.ts";

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
    z.strictObject({ type: z.literal("cilium"), ...chart }),
    z.strictObject({ type: z.literal("flannel"), ...chart, port: port.optional() }),
    z.strictObject({ type: z.literal("none") }),
  ],
  oneOf("cilium", "flannel", "none"),
);
