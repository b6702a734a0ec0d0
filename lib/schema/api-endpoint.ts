import { z } from "zod";
import { input, oneOf, text } from "./values.ts";

const common = {
  allowedCidrs: z.array(z.string()),
  dns: z.strictObject({ zone: text, name: text.optional() }).optional(),
};

/** ApiEndpointArgs. */
export const apiEndpoint = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("floatingIp"), ...common }),
    z.strictObject({
      type: z.literal("vip"),
      address: text.optional(),
      port: z.number().optional(),
      floatingIp: z.boolean().optional(),
      ...common,
    }),
    z.strictObject({ type: z.literal("octavia"), ...common }),
    z.strictObject({ type: z.literal("external"), host: input, port: z.number().optional(), ...common }),
  ],
  oneOf("floatingIp", "vip", "octavia", "external"),
);
