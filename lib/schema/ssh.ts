import { z } from "zod";
import { machine } from "./machine.ts";
import { either, input, isLater, port, text, texts } from "./values.ts";

/** BastionAccess. */
export const access = z.strictObject({
  host: input,
  hostKey: input,
  user: input.optional(),
  port: port.optional(),
  privateKey: input.optional(),
});
const own = z.strictObject({ machine, allowedCidrs: texts.optional() });

/** BastionAccess or OwnBastionArgs. */
const bastion = either("machine", own, access);

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
