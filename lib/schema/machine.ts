import { z } from "zod";
import { either, input, text, textMap, texts } from "./values.ts";

const volume = z.strictObject({ size: z.number(), type: input.optional() });
const serverGroup = either("id", z.strictObject({ id: input }), z.strictObject({ policy: text }));

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
