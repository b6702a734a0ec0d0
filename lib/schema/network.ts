import { z } from "zod";
import { input, text, texts } from "./values.ts";

/** OwnNetworkArgs. */
export const ownNetwork = z.strictObject({ externalNetwork: input, cidr: text, dnsServers: texts.optional(), router: input.optional() });

/** AdoptedNetworkArgs. */
export const adoptedNetwork = z.strictObject({
  adopt: z.strictObject({ networkId: input, subnetId: input, routerId: input.optional() }),
  cidr: text,
  externalNetwork: input.optional(),
});
