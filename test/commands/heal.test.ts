import { rmSync } from "node:fs";
import { afterAll, beforeEach, expect, it } from "vitest";
import { CaravanCommand } from "../support/caravan-command.ts";
import { withCommands } from "../support/changeable-stack.ts";
import { serverUrn, WORKERS } from "../support/health-stack.ts";
import { useHealthyCluster } from "../support/healthy-cluster.ts";

const command = new CaravanCommand();
const [LOST] = WORKERS;
const cluster = useHealthyCluster();
afterAll(() => rmSync(command.folder, { recursive: true }));
beforeEach(() => {
  command.write("state.json", JSON.stringify(withCommands(cluster.state)));
  command.pulumi = PULUMI;
});

const event = (kind: string) => `{"${kind}":{"metadata":{"op":"create-replacement","urn":"${serverUrn(LOST)}","old":{"id":"id-${LOST}"}}}}`;

/** Stands for Pulumi's command: it records what it runs, and replaces the first worker where it is told to replace. */
const PULUMI = `#!/bin/bash
case $1 in
stack) cat "${command.folder}/state.json"; exit ;;
config) echo '{}'; exit ;;
esac
echo "$*" | sed 's/urn:[^ ]*:://g; s/ --event-log.*//' >>"${command.folder}/calls"
replaces=; [[ $* != *--replace* ]] || replaces=yes
while (($# > 0)); do [[ $1 != --event-log ]] || log=$2; shift; done
[[ -z $replaces ]] || printf '%s\\n' '${event("resourcePreEvent")}' '${event("resOutputsEvent")}' >"$log"
if [[ -e ${command.folder}/busy ]]; then echo 'error: the stack is currently locked by 1 lock(s)' >&2; exit 255; fi
`;

const caravan = (...args: string[]) => command.run(...args);

const PLAN = [
  'cluster "demo": 1 machine is replaced, 0 machines are not',
  `  replace worker ${LOST}: OpenStack has no such server any more`,
];

it("heals: says the plan and the steps, and runs Pulumi for that machine alone", async () => {
  expect(await caravan("heal", "prod")).toEqual({ code: 0, stdout: 'cluster "demo": nothing to heal\n', stderr: "" });
  cluster.lose();
  expect(await caravan("heal", "prod", "--plan")).toEqual({ code: 1, stdout: `${PLAN.join("\n")}\n`, stderr: "" });
  const { code, stdout, stderr } = await caravan("heal", "prod");
  expect([code, stdout.split("\n"), stderr]).toEqual([
    0,
    [...PLAN, expect.stringMatching(new RegExp(`^replaced ${LOST} in \\d+ s$`)), ""],
    expect.stringMatching(/^demo-web-0: new server made \(\d+ s\)\n$/),
  ]);
  const targets =
    "--target demo-web-0 --target demo-web-contact-0 --target demo-web-join-0 --replace demo-web-0 --stack prod --non-interactive --color never";
  expect(command.calls).toEqual([
    "preview --target demo-web-contact-0 --target demo-web-join-0 --stack prod --non-interactive --color never",
    `preview ${targets}`,
    `up --yes --skip-preview ${targets}`,
  ]);
  const json = JSON.parse((await caravan("heal", "prod", "--json", "--plan", "--max-replacements", "1")).stdout);
  expect(json).toMatchObject({
    plan: { told: [{ objection: expect.stringMatching(/^it was replaced once within 6 hours/) }] },
    exitCode: 1,
  });
  expect(JSON.stringify(json)).not.toMatch(/BEGIN|PRIVATE|plaintext/);
});

it("replaces a node that is named, and gives way to another run with 3", async () => {
  const { code, stdout, stderr } = await caravan("replace-node", "prod", LOST, "--plan");
  const plan = `replaces worker ${LOST} (id-${LOST}) and changes nothing else: its successor joins before it is drained and removed\n`;
  expect([code, stdout, stderr]).toEqual([0, "", plan]);
  const { stdout: json } = await caravan("replace-node", "prod", LOST, "--json");
  expect(JSON.parse(json)).toMatchObject({ plan: { name: LOST }, steps: [{ resource: "demo-web-0", step: "new server made" }] });
  command.write("busy", "");
  expect(await caravan("replace-node", "prod", LOST)).toEqual({
    code: 3,
    stdout: "",
    stderr: "caravan: replace-node: nothing is done: another run of this stack is at work\n",
  });
  cluster.lose();
  expect(await caravan("heal", "prod")).toEqual({
    code: 3,
    stdout: `${PLAN.join("\n")}\ncluster "demo": nothing further is done: another run of this stack is at work\n`,
    stderr: "",
  });
});

it("tells how they are called, and refuses what is no number and what is no limit", async () => {
  const first = async (...args: string[]) => {
    const { code, stderr } = await caravan(...args);
    return [code, stderr.split("\n")[0]];
  };
  expect(await first("replace-node", "prod")).toEqual([2, "caravan: replace-node: name a node"]);
  expect(await first("replace-node", "a", "b", "c")).toEqual([
    2,
    "caravan: replace-node: takes one stack and one node, and was given a, b, c",
  ]);
  expect(await first("heal", "prod", "--window-hours", "six")).toEqual([
    2,
    'caravan: heal: --window-hours takes a number, and was given "six"',
  ]);
  expect(await first("heal", "prod", "--window-hours", "0")).toEqual([2, "caravan: heal: heal has 1 invalid property:"]);
  expect(await first("replace-node", "prod", "nothing")).toEqual([
    2,
    expect.stringContaining('cluster "demo" has no node "nothing"; use one of'),
  ]);
  expect((await caravan("heal", "--help")).stdout).toContain("--not-ready-minutes N      minutes for which a Node must be NotReady (5)");
});
