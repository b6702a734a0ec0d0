import type { CloudCase } from "./case.ts";
import { CONNECTION_CASES } from "./connections.ts";
import { CREDENTIAL_CASES } from "./credentials.ts";
import { FILE_CASES } from "./files.ts";

/** Ways to describe a cloud, by what they are about. Our own client and Pulumi's plugin must read each alike. */
export const CASES: readonly (readonly [string, readonly CloudCase[]])[] = [
  ["files", FILE_CASES],
  ["credentials", CREDENTIAL_CASES],
  ["connections", CONNECTION_CASES],
];
