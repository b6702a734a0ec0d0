import { z } from "zod";
import { oneOf, text } from "./values.ts";

/** CiliumArgs and the other network plugins. */
export const cni = z.discriminatedUnion(
  "type",
  [
    z.strictObject({
      type: z.literal("cilium"),
      version: text.optional(),
      repository: text.optional(),
      chart: text.optional(),
      values: z.record(z.string(), z.unknown()).optional(),
    }),
    z.strictObject({ type: z.literal("none") }),
  ],
  oneOf("cilium", "none"),
);
