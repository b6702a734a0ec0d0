import { z } from "zod";
import { input, isLater, port, text } from "./values.ts";

const bastion = z.strictObject({
  host: input,
  hostKey: input,
  user: input.optional(),
  port: port.optional(),
  privateKey: input.optional(),
});

/** SshArgs. */
export const ssh = z.strictObject({
  user: text.optional(),
  port: port.optional(),
  keyPair: z
    .custom(
      (value) => isLater(value) || z.strictObject({ publicKey: input, privateKey: input }).safeParse(value).success,
      "must have publicKey and privateKey",
    )
    .optional(),
  allowedCidrs: z.array(z.string()).optional(),
  bastion: bastion.optional(),
});
