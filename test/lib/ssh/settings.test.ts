import { expect, it } from "vitest";
import { checkShape } from "../../../lib/cluster/schema.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (bastion: unknown) => problemsOf((problems) => checkShape({ ...mini, ssh: { bastion } }, problems));

it("accepts an existing bastion and one of the cluster's own", () => {
  expect(check({ host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA", user: "jump", port: 2200, privateKey: "key" })).toEqual([]);
  expect(check({ machine, allowedCidrs: ["198.51.100.0/24"] })).toEqual([]);
});

it("names the problems of the bastion that was meant", () => {
  expect(check({ machine: { image: "node" }, hostKey: "ssh-ed25519 AAAA" })).toEqual([
    "ssh.bastion.machine.flavor: is missing; give it a value",
    "ssh.bastion.hostKey: is not a property here; use one of machine, allowedCidrs, floatingIpAddress, floatingIpSubnetIds, or remove it",
  ]);
  expect(check({ host: "192.0.2.1", allowedCidrs: [] })).toEqual([
    "ssh.bastion.hostKey: is missing; give it a value",
    "ssh.bastion.allowedCidrs: is not a property here; use one of host, hostKey, user, port, privateKey, or remove it",
  ]);
  expect(check("192.0.2.1")).toEqual(['ssh.bastion: "192.0.2.1" is not allowed: must be an object with machine, or host and hostKey']);
});

it("refuses an RSA host key of a bastion, which Pulumi's command plugin cannot use", () => {
  expect(check({ host: "192.0.2.1", hostKey: "ssh-rsa AAAA" })).toEqual([
    'ssh.bastion.hostKey: "ssh-rsa AAAA" is not allowed: Pulumi\'s command plugin cannot use RSA keys; give the bastion\'s key of type "ssh-ed25519" or "ecdsa-sha2-nistp256"',
  ]);
});
