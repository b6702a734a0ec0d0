import { rmSync } from "node:fs";
import { afterAll, beforeEach, expect, it } from "vitest";
import { CaravanCommand } from "../support/caravan-command.ts";
import { LONG_AGO } from "../support/cluster-objects.ts";
import { serverUrn, WORKERS } from "../support/health-stack.ts";
import { useHealthyCluster } from "../support/healthy-cluster.ts";

const command = new CaravanCommand();
const cluster = useHealthyCluster();
afterAll(() => rmSync(command.folder, { recursive: true }));
beforeEach(() => {
  command.write("state.json", JSON.stringify(cluster.state));
  command.pulumi = PULUMI;
});

/** Stands for Pulumi's command: it records its arguments and its folder, and knows the stack "prod" alone. */
const PULUMI = `#!/bin/sh
echo "$PWD: $*" >>"${command.folder}/calls"
case "$*" in
*"--stack prod"*) ;;
*) echo "error: no stack named 'nothing' found" >&2; exit 255 ;;
esac
case "$1" in stack) cat "${command.folder}/state.json" ;; *) echo '{}' ;; esac
`;

const caravan = (...args: string[]) => command.run(...args);

it("succeeds for a healthy cluster, and reads stack and configuration in the folder of the project", async () => {
  const { code, stdout, stderr } = await caravan("health", "prod");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^cluster "demo" at \S+Z: no findings\n$/);
  const { stdout: json } = await caravan("health", "prod", "--json", "--cwd", "/");
  expect(JSON.parse(json)).toEqual({ cluster: "demo", time: expect.any(String), findings: [], unchecked: [], exitCode: 0 });
  const calls = command.calls;
  const commands = [
    "config --json --show-secrets --stack prod --non-interactive",
    "stack export --stack prod --show-secrets --non-interactive",
  ];
  expect([calls.slice(0, 2).sort(), calls.slice(2).sort()]).toEqual([
    commands.map((each) => `${command.folder}: ${each}`),
    commands.map((each) => `/: ${each}`),
  ]);
});

it("fails with 1 and a table for findings, and with 2 when a service does not answer", async () => {
  const [lost] = WORKERS;
  cluster.cloud.objects.servers = cluster.cloud.objects.servers!.map((server) =>
    server.name === lost ? { ...server, status: "SHUTOFF", updated: LONG_AGO } : server,
  );
  const { code, stdout } = await caravan("health", "prod");
  expect(code).toBe(1);
  expect(stdout.split("\n").slice(1)).toEqual([
    "",
    "   SEVERITY  FINDING         OBJECT                     SINCE",
    `1  warning   server-stopped  worker ${lost}  ${LONG_AGO}`,
    "",
    "1: does not run, OpenStack says SHUTOFF",
    `   fix: have it run with \`openstack server start id-${lost}\`, or replace it with \`pulumi up --replace '${serverUrn(lost)}'\``,
    "",
  ]);
  await cluster.api.stop();
  const other = await caravan("health", "prod", "--json");
  expect([other.code, JSON.parse(other.stdout).unchecked]).toEqual([2, ["kubernetes"]]);
});

it("fails with 2 and the reason when the check itself fails, and prints no secret", async () => {
  expect(await caravan("health", "nothing")).toEqual({
    code: 2,
    stdout: "",
    stderr: "caravan: health: the stack's state cannot be read: pulumi stack export: error: no stack named 'nothing' found\n",
  });
  const { stdout, stderr } = await caravan("health", "prod", "--json");
  expect(stdout + stderr).not.toMatch(/BEGIN|PRIVATE|plaintext/);
});

it("tells how it is called", async () => {
  const answers = await Promise.all([caravan(), caravan("--help"), caravan("healht"), caravan("health"), caravan("health", "a", "b")]);
  const list = [
    "caravan COMMAND [options]",
    "",
    "  health        checks the health of a stack's cluster, and changes nothing",
    "  heal          replaces the machines of a stack's cluster that do not work",
    "  replace-node  replaces the machine of a worker, a control plane or a member of etcd",
    "  roll          replaces the machines of pools whose image has changed, few in each run",
    "  rotate        rotates a key or a CA of a stack's cluster: trusts a new one, uses it, drops the old one",
    "",
    "caravan COMMAND --help tells the options",
    "",
  ].join("\n");
  expect(answers.slice(0, 3)).toEqual([
    { code: 2, stdout: "", stderr: list },
    { code: 0, stdout: list, stderr: "" },
    { code: 2, stdout: "", stderr: 'caravan: there is no command "healht"; use "health"\n' },
  ]);
  const usage = /\n\ncaravan health STACK \[options\]\n/;
  expect(answers.slice(3).map(({ code, stderr }) => [code, stderr.split("\n")[0], usage.test(stderr)])).toEqual([
    [2, "caravan: health: name a stack", true],
    [2, "caravan: health: takes one stack, and was given a, b", true],
  ]);
  const misspelt = await caravan("health", "prod", "--jsn");
  expect([misspelt.code, misspelt.stderr.split("\n")[0]]).toEqual([2, expect.stringContaining("caravan: health: Unknown option '--jsn'")]);
  expect((await caravan("health", "--help")).stdout).toMatch(/^caravan health STACK \[options\]\n/);
});
