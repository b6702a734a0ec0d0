import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { SshKey } from "../../../components/index.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import type { SshSettings } from "../../../lib/ssh/settings.ts";
import { machine } from "../../support/cluster-args.ts";
import { deploy, settled } from "../../support/deploy.ts";

async function make(args: SshSettings) {
  let key: SshKey | undefined;
  const plan = await deploy(() => {
    key = new SshKey("demo", args);
  });
  return { key: key!, plan };
}

it("makes a key pair, keeps it in a stash, and registers the public key in OpenStack in plain text", async () => {
  const { key, plan } = await make({});
  expect(plan.map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:SshKey demo < ",
    "openstack:compute/keypair:Keypair demo < demo",
    "pulumi:index:Stash demo-pair < demo",
  ]);
  expect(plan.find(({ type }) => type.endsWith(":Keypair"))?.inputs.publicKey).toMatch(/^ecdsa-sha2-nistp256 \S+ demo$/);
  expect(await settled(key.privateKey)).toContain("-----BEGIN EC PRIVATE KEY-----");
  expect(await pulumi.isSecret(key.privateKey)).toBe(true);
});

it("reaches nodes as root at port 22, with OpenStack's key pair", async () => {
  const { access } = (await make({})).key;
  expect([access.user, access.port, access.bastion]).toEqual(["root", 22, undefined]);
  expect(await settled(pulumi.output(access.keypair))).toBe("demo-0000000");
});

it("uses a given key pair, and keeps it secret", async () => {
  const keyPair = createSshKey("mine");
  const { key, plan } = await make({ keyPair, user: "debian", port: 2222 });
  expect(plan.map(({ name, inputs }) => [name, inputs.publicKey])).toEqual([
    ["demo", undefined],
    ["demo", keyPair.publicKey],
  ]);
  expect(await settled(key.privateKey)).toBe(keyPair.privateKey);
  expect(await pulumi.isSecret(key.privateKey)).toBe(true);
  expect([key.access.user, key.access.port]).toEqual(["debian", 2222]);
});

it("uses an existing bastion, and makes none itself", async () => {
  const bastion = { host: "bastion.example.com", hostKey: "ssh-ed25519 AAAA" };
  expect((await make({ bastion })).key.access.bastion).toEqual(bastion);
  expect((await make({ bastion: { machine } })).key.access.bastion).toBeUndefined();
});
