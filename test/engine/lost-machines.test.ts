import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import type { Server } from "../fake-openstack/nova/server.ts";
import { EngineStack } from "./engine-stack.ts";
import { serverConfig } from "./servers-stack.ts";

/** Stack with the engine and the OpenStack plugin, on a cloud that loses machines behind Pulumi's back. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2 } });
let stack: EngineStack;
beforeAll(async () => {
  await cloud.start();
  const config = serverConfig(3, { "control-planes": "1", parallel: "64", "builds-at-once": "1000" });
  stack = await EngineStack.create(cloud, { config });
  await stack.up();
}, 300_000);
afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

const UP = ["up", "--yes", "--skip-preview"];
const server = (name: string): Server => cloud.nova.servers.store.all.find((each) => each.name.startsWith(`scale-${name}`))!;
const ids = () => Object.fromEntries(["control-plane-0", "workers-0", "workers-1", "workers-2"].map((name) => [name, server(name)?.id]));

/** Returns the lines about machines and the counts in the output of a Pulumi command. */
function said(output: string): string[] {
  const lines = output.match(/^ +(warning: (control|worker|OpenStack).*|[+-]{1,2} ?\d+ .*|\d+ unchanged)$/gm) ?? [];
  const [warnings, counts] = [true, false].map((is) =>
    lines.map((line) => line.trim()).filter((line) => line.startsWith("warning") === is),
  );
  return [...warnings!.sort((a, b) => a.replace(/\(.*/, "").localeCompare(b.replace(/\(.*/, ""))), ...counts!];
}

async function lose(name: string): Promise<void> {
  cloud.nova.servers.remove(server(name));
  while (server(name)) {
    await setTimeout(50);
    cloud.settle();
  }
}

it("changes nothing while all machines exist", async () => {
  const before = ids();
  expect(said(await stack.command(UP))).toEqual([expect.stringMatching(/^\d+ unchanged$/)]);
  expect(ids()).toEqual(before);
}, 120_000);

it("previews and recreates lost and failed workers in one run, and warns of a control plane that is shut off", async () => {
  const before = ids();
  await lose("workers-1");
  server("workers-2").status = "ERROR";
  server("control-plane-0").status = "SHUTOFF";
  const urn = await stack.urn("openstack:compute/instance:Instance", "scale-control-plane-0");
  const troubles = [
    `warning: control plane scale-control-plane-0 (${before["control-plane-0"]}): does not run, OpenStack says SHUTOFF; have it run with \`openstack server start ${before["control-plane-0"]}\`, or replace it with \`pulumi up --replace '${urn}'\``,
    expect.stringMatching(
      new RegExp(
        `^warning: worker scale-workers-1-\\w{7} \\(${before["workers-1"]}\\): OpenStack has no such server any more; this run recreates it$`,
      ),
    ),
    expect.stringMatching(
      new RegExp(
        `^warning: worker scale-workers-2-\\w{7} \\(${before["workers-2"]}\\): does not run, OpenStack says ERROR; this run recreates it$`,
      ),
    ),
  ];
  const unchanged = expect.stringMatching(/^\d+ unchanged$/);
  expect(said(await stack.command(["preview"]))).toEqual([...troubles, "+-2 to replace", unchanged]);
  expect(ids()).toMatchObject({ "workers-0": before["workers-0"], "workers-2": before["workers-2"] });

  expect(said(await stack.command(UP))).toEqual([...troubles, "+-2 replaced", unchanged]);
  const after = ids();
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(["workers-1", "workers-2"]);
  expect(cloud.inventory).toMatchObject({ servers: 4 });

  server("control-plane-0").status = "ACTIVE";
  expect(said(await stack.command(UP))).toEqual([unchanged]);
  expect(ids()).toEqual(after);
}, 300_000);

it("recreates a worker that is lost again, and none with another project's credentials", async () => {
  const before = ids();
  await lose("workers-1");
  const output = await stack.command(UP);
  expect(output).toContain("+-1 replaced");
  expect(Object.keys(before).filter((name) => before[name] !== ids()[name])).toEqual(["workers-1"]);

  for (const name of ["control-plane-0", "workers-0", "workers-1", "workers-2"]) await lose(name);
  const strange = said(await stack.command(["preview"]));
  expect(strange).toEqual([
    expect.stringMatching(/^warning: OpenStack knows none of the stack's 4 servers, so this run recreates none: /),
    expect.stringMatching(/^\d+ unchanged$/),
  ]);
}, 300_000);
