import { z } from "zod";
import { machine } from "./machine.ts";
import { either, input, isLater, object, port, text, texts } from "./values.ts";

/** BastionAccess. */
export const access = object({
  host: input,
  hostKey: input,
  user: input.optional(),
  port: port.optional(),
  privateKey: input.optional(),
});
const own = object({ machine, allowedCidrs: texts.optional() });

/** BastionAccess or OwnBastionArgs. */
const bastion = either("machine", own, access);

/** SshArgs. */
export const ssh = object({
  user: text.optional(),
  port: port.optional(),
  keyPair: z
    .custom(
      (value) => isLater(value) || object({ publicKey: input, privateKey: input }).safeParse(value).success,
      "must have publicKey and privateKey",
    )
    .optional(),
  allowedCidrs: z.array(z.string()).optional(),
  bastion: bastion.optional(),
});
