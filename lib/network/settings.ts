import { input, object, oneWord, text, texts } from "../schema.ts";

/** OwnNetworkArgs. */
export const ownNetwork = object({
  externalNetwork: input,
  cidr: text,
  dnsServers: texts.optional(),
  router: input.optional(),
  nodeCidrs: texts.optional(),
});

/** AdoptedNetworkArgs. */
export const adoptedNetwork = object({
  adopt: object({ networkId: input, subnetId: input, routerId: input.optional() }),
  cidr: text,
  externalNetwork: input.optional(),
  openTo: oneWord(["nodes", "network"]).optional(),
  nodeCidrs: texts.optional(),
});
