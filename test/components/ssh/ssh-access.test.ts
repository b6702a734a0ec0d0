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

it("makes a key pair and keeps it in a stash, and none in OpenStack, where it would belong to one user", async () => {
  const { key, plan } = await make({});
  expect(plan.map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:SshKey demo < ",
    "pulumi:index:Stash demo-pair < demo",
  ]);
  expect(await settled(pulumi.output(key.access.publicKey))).toMatch(/^ecdsa-sha2-nistp256 \S+ demo$/);
  expect(await pulumi.isSecret(pulumi.output(key.access.publicKey))).toBe(false);
  expect(await settled(key.privateKey)).toContain("-----BEGIN EC PRIVATE KEY-----");
  expect(await pulumi.isSecret(key.privateKey)).toBe(true);
});

it("reaches nodes as root at port 22", async () => {
  const { access } = (await make({})).key;
  expect([access.user, access.port, access.bastion]).toEqual(["root", 22, undefined]);
});

it("uses a given key pair, and keeps it secret", async () => {
  const keyPair = createSshKey("mine");
  const { key, plan } = await make({ keyPair, user: "debian", port: 2222 });
  expect(plan.map(({ type, name }) => `${type} ${name}`)).toEqual(["caravan:index:SshKey demo"]);
  expect(await settled(pulumi.output(key.access.publicKey))).toBe(keyPair.publicKey);
  expect(await settled(key.privateKey)).toBe(keyPair.privateKey);
  expect(await pulumi.isSecret(key.privateKey)).toBe(true);
  expect([key.access.user, key.access.port]).toEqual(["debian", 2222]);
});

it("uses an existing bastion, and makes none itself", async () => {
  const bastion = { host: "bastion.example.com", hostKey: "ssh-ed25519 AAAA" };
  expect((await make({ bastion })).key.access.bastion).toEqual(bastion);
  expect((await make({ bastion: { machine } })).key.access.bastion).toBeUndefined();
});
