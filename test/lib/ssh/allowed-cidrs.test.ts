import { expect, it } from "vitest";
import { sshCidrs } from "../../../lib/ssh/allowed-cidrs.ts";

const apiEndpoint = { allowedCidrs: ["198.51.100.0/24"] };
const named = ["192.0.2.0/24"];
const machine = { image: "node", flavor: "node.small" };

it.each([
  [{}, { controlPlanes: apiEndpoint.allowedCidrs, bastion: [] }],
  [{ allowedCidrs: named }, { controlPlanes: named, bastion: [] }],
  [{ allowedCidrs: [] }, { controlPlanes: [], bastion: [] }],
  [{ bastion: { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" } }, { controlPlanes: apiEndpoint.allowedCidrs, bastion: [] }],
  [{ bastion: { machine } }, { controlPlanes: [], bastion: apiEndpoint.allowedCidrs }],
  [
    { bastion: { machine }, allowedCidrs: named },
    { controlPlanes: [], bastion: named },
  ],
  [{ bastion: { machine, allowedCidrs: named } }, { controlPlanes: [], bastion: named }],
])("opens SSH, for %j, to %j", (ssh, open) => {
  expect(sshCidrs({ apiEndpoint, ssh })).toEqual(open);
});
