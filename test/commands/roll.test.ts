import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { roll } from "../../commands/roll.ts";
import { createCa } from "../../lib/pki/certificates.ts";
import { node } from "../support/cluster-objects.ts";
import { healthState, WORKERS } from "../support/health-stack.ts";
import { FakeKubernetesApi } from "../support/kubernetes-api.ts";
import { repositoryDir } from "../support/repository.ts";
import { rolloutEvent } from "../support/rolling-stack.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "caravan-roll-")));
let api: FakeKubernetesApi;
beforeAll(async () => {
  const ca = await createCa("kubernetes");
  api = await FakeKubernetesApi.start(ca);
  api.answers.set("/api/v1/nodes", [...WORKERS.map((name) => node(name))]);
  writeFileSync(join(folder, "state.json"), JSON.stringify(healthState(ca, api)));
  writeFileSync(join(folder, "pulumi"), PULUMI);
  chmodSync(join(folder, "pulumi"), 0o755);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api?.stop();
});
beforeEach(() => {
  rmSync(join(folder, "calls"), { force: true });
  rmSync(join(folder, "busy"), { force: true });
  rmSync(join(folder, "fails"), { force: true });
  writeFileSync(join(folder, "1"), JSON.stringify(rolloutEvent([["demo-web-0"], ["demo-web-1"]])));
  writeFileSync(join(folder, "2"), JSON.stringify(rolloutEvent([["demo-web-1"]])));
  writeFileSync(join(folder, "runs"), "1");
});

/** Stands for Pulumi's command: it records what it runs, and replaces a worker in each of two runs. */
const PULUMI = `#!/bin/bash
cd ${folder}
case $1 in
stack) cat state.json; exit ;;
config) echo '{}'; exit ;;
esac
command=$1
echo "$*" | sed 's/ --event-log.*//' >>calls
while (($# > 0)); do [[ $1 != --event-log ]] || log=$2; shift; done
if [[ -e busy ]]; then echo 'error: the stack is currently locked by 1 lock(s)' >&2; exit 255; fi
if [[ $command = up && -e fails ]]; then echo 'error: no quota' >&2; exit 255; fi
run=$(<runs)
{ cat "$run" 2>/dev/null || echo '{}'; } >"$log"; echo >>"$log"
[[ $command = preview ]] || echo $((run + 1)) >runs
`;

/** Runs the bin. */
function caravan(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>();
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const command = [join(repositoryDir, "commands", "main.ts"), ...args];
  execFile(process.execPath, command, { env, cwd: folder, timeout: 50_000 }, (error, stdout, stderr) =>
    resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
  );
  return promise;
}

const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
const PREVIEW = "preview --stack prod --non-interactive --color never";
const UP = "up --yes --skip-preview --stack prod --non-interactive --color never";
const PLAN = "pool web:\n  run 1: demo-web-0\n  run 2: demo-web-1\n";

it("tells the steps, and does nothing", async () => {
  expect(await caravan("roll", "prod", "--plan")).toEqual({ code: 0, stdout: PLAN, stderr: "" });
  expect(calls()).toEqual([PREVIEW]);
});

it("runs Pulumi for each step, and says which", async () => {
  expect(await caravan("roll", "prod")).toEqual({
    code: 0,
    stdout: `${PLAN}done in 2 runs\n`,
    stderr: "run 1, pulumi up: pool web: demo-web-0\nrun 2, pulumi up: pool web: demo-web-1\n",
  });
  expect(calls()).toEqual([PREVIEW, UP, UP]);
  expect(await caravan("roll", "prod")).toEqual({
    code: 0,
    stdout: "no machine of a pool has another image than it should have\n",
    stderr: "",
  });
});

it("prints JSON", async () => {
  const { code, stdout } = await caravan("roll", "prod", "--plan", "--json");
  const rollouts = [{ pool: "web", steps: [["demo-web-0"], ["demo-web-1"]], component: "demo-web" }];
  expect([code, JSON.parse(stdout)]).toEqual([0, { rollouts, runs: 0 }]);
});

it("tells a run that fails, and another one that is at work", async () => {
  writeFileSync(join(folder, "fails"), "");
  expect(await caravan("roll", "prod")).toMatchObject({
    code: 2,
    stderr: "run 1, pulumi up: pool web: demo-web-0\ncaravan: roll: pulumi up failed:\nerror: no quota\n",
  });
  writeFileSync(join(folder, "busy"), "");
  expect(await caravan("roll", "prod")).toEqual({
    code: 3,
    stdout: "",
    stderr: "caravan: roll: stopped: another run of this stack is at work\n",
  });
});

it("refuses what is no stack, and what is too much", async () => {
  await expect(roll.run([])).rejects.toThrow(/^name a stack$/);
  await expect(roll.run(["prod", "web"])).rejects.toThrow(/^takes one stack, and was given prod, web$/);
});
