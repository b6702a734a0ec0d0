import { z } from "zod";
import { either, input, object, text, textMap, texts } from "../schema.ts";

const volume = object({ size: z.number(), type: input.optional() });
const serverGroup = either("id", object({ id: input }), object({ policy: text }));

/** MachineArgs. */
export const machine = object({
  image: input,
  flavor: input,
  zone: input.optional(),
  volume: volume.optional(),
  serverGroup: serverGroup.optional(),
  tags: texts.optional(),
  metadata: textMap.optional(),
});
