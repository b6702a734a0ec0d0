import { z } from "zod";
import { machine } from "../node/machine-settings.ts";
import { input, object, oneOf, text } from "../schema.ts";

const settings = object({
  quotaBytes: z.number().optional(),
  heartbeatMilliseconds: z.number().optional(),
  electionMilliseconds: z.number().optional(),
});

/** Where a cluster's etcd is: on its control planes, or ExternalEtcdArgs, with or without a second one for Cilium. */
export const etcd = z.discriminatedUnion(
  "topology",
  [
    object({ topology: z.literal("stacked") }),
    object({
      topology: z.literal("external"),
      members: z.number().optional(),
      machine,
      zones: z.array(input).optional(),
      dataVolume: object({ size: z.number(), type: input.optional() }).optional(),
      etcdVersion: text.optional(),
      settings: settings.optional(),
      ciliumEtcd: z.boolean().optional(),
      eventsEtcd: z.boolean().optional(),
    }),
  ],
  oneOf("stacked", "external"),
);
