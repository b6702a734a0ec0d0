import { z } from "zod";
import { input, text, textMap, texts } from "./values.ts";

const volume = z.strictObject({ size: z.number(), type: input.optional() });
const serverGroup = z.union([z.strictObject({ policy: text }), z.strictObject({ id: input })], {
  error: "must be { policy } or { id }",
});

/** MachineArgs. */
export const machine = z.strictObject({
  image: input,
  flavor: input,
  zone: input.optional(),
  volume: volume.optional(),
  serverGroup: serverGroup.optional(),
  tags: texts.optional(),
  metadata: textMap.optional(),
});
