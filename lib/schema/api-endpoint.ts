import { z } from "zod";
import { input, oneOf } from "./values.ts";

/** ApiEndpointArgs. */
export const apiEndpoint = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("floatingIp"), allowedCidrs: z.array(z.string()) }),
    z.strictObject({ type: z.literal("external"), host: input, allowedCidrs: z.array(z.string()) }),
  ],
  oneOf("floatingIp", "external"),
);
