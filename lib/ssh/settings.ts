import { z } from "zod";
import { machine } from "../node/machine-settings.ts";
import { either, input, isLater, object, port, text, texts } from "../schema.ts";

/** BastionAccess. */
export const access = object({
  host: input,
  hostKey: input,
  user: input.optional(),
  port: port.optional(),
  privateKey: input.optional(),
});
const own = object({ machine, allowedCidrs: texts.optional() });

/** What Pulumi's command plugin asks for by SHA-1 alone, which OpenSSH 8.8 has dropped, cannot be pinned. */
const pinned = input.refine(
  (value) => typeof value !== "string" || !value.startsWith("ssh-rsa"),
  'Pulumi\'s command plugin cannot use RSA keys; give the bastion\'s key of type "ssh-ed25519" or "ecdsa-sha2-nistp256"',
);

/** BastionAccess or OwnBastionArgs. */
const bastion = either("machine", own, access.extend({ hostKey: pinned }));

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
