import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { createCa } from "../../lib/pki/certificates.ts";
import { Stack } from "./support/stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.create();
});
afterAll(() => stack?.remove());

const from = (file: string) => JSON.stringify(`${repositoryDir}${file}`);

it("refuses another given CA in the preview and in the update, and accepts it when it is recorded again", async () => {
  const [one, other] = await Promise.all([createCa("one"), createCa("other")]);
  const program = (given: object) => `
    import * as pulumi from "@pulumi/pulumi";
    import { ClusterPki } from ${from("components/index.ts")};
    const pki = new ClusterPki("demo", { clusterName: "demo", cluster: pulumi.output(${JSON.stringify(given)}) });
    export const kubeconfig = pki.adminKubeconfig("a:1");`;
  await stack.up(program(one));
  const kubeconfig = () => stack.pulumi("stack", "output", "kubeconfig", "--show-secrets");
  const before = await kubeconfig();
  const message = "cluster: is another CA (SHA-256 ";
  await expect(stack.preview(program(other))).rejects.toThrow(message);
  const output = await stack.failingUp(program(other));
  expect(output).toContain(message);
  expect(await kubeconfig()).toBe(before);
  const [, command] = /if it has never run, have its settings recorded again: pulumi up (--replace '.*')/.exec(output)!;
  const urn = command!.slice("--replace '".length, -1);
  await stack.pulumi("up", "--yes", "--skip-preview", "--replace", urn);
  expect(await kubeconfig()).toContain(Buffer.from(other.certificate).toString("base64"));
});

it("refuses another setting in the preview, too, before any resource that waits for the check", async () => {
  const program = (podCidr: string) => `
    import * as pulumi from "@pulumi/pulumi";
    import { refuseChanges } from ${from("components/engine/fixed.ts")};
    import { checkFixed } from ${from("lib/cluster/fixed-settings.ts")};
    const unchanged = refuseChanges("demo-fixed", 'cluster "demo"', { podCidr: ${JSON.stringify(podCidr)} }, checkFixed, {});
    new pulumi.Stash("made", { input: ${JSON.stringify(podCidr)} }, { dependsOn: unchanged.apply(() => []) });`;
  await stack.up(program("10.1.0.0/16"));
  const message = 'podCidr: "10.2.0.0/16" is not what this cluster was made with, "10.1.0.0/16"';
  await expect(stack.preview(program("10.2.0.0/16"))).rejects.toThrow(message);
  expect(await stack.failingUp(program("10.2.0.0/16"))).toContain(message);
  const made = (await stack.resources()).find(({ urn }) => urn.endsWith("::made"));
  expect(made?.inputs.input).toBe("10.1.0.0/16");
});

it("keeps the exported name of a cluster when its stack is renamed", async () => {
  const program = `
    import { keptName } from ${from("stacks/kept-name.ts")};
    const kept = await keptName();
    console.log(\`kept: \${kept}\`);
    export const name = kept ?? "first";`;
  expect(await stack.up(program)).toContain("kept: undefined");
  await stack.pulumi("stack", "rename", "renamed");
  expect(await stack.preview(program)).toContain("kept: first");
});
