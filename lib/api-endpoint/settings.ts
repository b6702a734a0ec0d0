import { z } from "zod";
import { input, object, oneOf, text } from "../schema.ts";

const common = {
  allowedCidrs: z.array(z.string()),
  dns: object({ zone: text, name: text.optional() }).optional(),
};

/** ApiEndpointArgs. */
export const apiEndpoint = z.discriminatedUnion(
  "type",
  [
    object({ type: z.literal("floatingIp"), ...common }),
    object({
      type: z.literal("vip"),
      address: text.optional(),
      port: z.number().optional(),
      floatingIp: z.boolean().optional(),
      ...common,
    }),
    object({ type: z.literal("octavia"), ...common }),
    object({ type: z.literal("external"), host: input, port: z.number().optional(), ...common }),
  ],
  oneOf("floatingIp", "vip", "octavia", "external"),
);
