import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { commandEngine } from "../../../operations/engine/command-engine.ts";
import { RunFailed, StackBusy } from "../../../operations/engine/stack-engine.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "caravan-engine-")));

/** Stands for Pulumi's command: writes events, one of them in two parts, and fails when a file says so. */
const PULUMI = `#!/bin/bash
echo "$PWD $PULUMI_DEBUG_COMMANDS$CARAVAN_REPLACED: $* in $TMPDIR" >>"${folder}/calls"
while (($# > 0)); do [[ $1 != --event-log ]] || log=$2; shift; done
echo '{"resourcePreEvent":{"metadata":{"op":"update","urn":"urn::a"}}}' >"$log"
printf '{"diagnosticEvent":{"severity":"error","message":"<{%%fg 1%%}>Größe ' >>"$log"
sleep 0.5
printf 'fehlt<{%%reset%%}>"}}\\n{"resOutputsEvent":{"metadata":{"op":"update","urn":"urn::a"}}}\\n' >>"$log"
if [[ -e ${folder}/failure ]]; then cat "${folder}/failure" >&2; exit 255; fi
`;

beforeAll(() => {
  writeFileSync(join(folder, "pulumi"), PULUMI);
  chmodSync(join(folder, "pulumi"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  vi.stubEnv("TMPDIR", folder);
});
beforeEach(() => rmSync(join(folder, "failure"), { force: true }));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const engine = commandEngine("prod", folder);
const SCOPE = { target: ["urn::a", "urn::b"], replace: ["urn::a"] };

it("runs previews and ups of these targets alone, tells events as they come, and leaves no file", async () => {
  expect(await engine.preview(SCOPE)).toHaveLength(3);
  const told: string[] = [];
  await engine.up({ ...SCOPE, replace: [] }, (event) => told.push(Object.keys(event)[0]!));
  expect(told).toEqual(["resourcePreEvent", "diagnosticEvent", "resOutputsEvent"]);
  const end = `--non-interactive --color never --event-log ${folder}/caravan-run-X/events in ${folder}`;
  const calls = readFileSync(join(folder, "calls"), "utf8").replaceAll(/caravan-run-\w+/g, "caravan-run-X");
  expect(calls.trim().split("\n")).toEqual([
    `${folder} true["urn::a"]: preview --target urn::a --target urn::b --replace urn::a --stack prod ${end}`,
    `${folder} true: up --yes --skip-preview --target urn::a --target urn::b --stack prod ${end}`,
  ]);
  expect(readdirSync(folder).sort()).toEqual(["calls", "pulumi"]);
});

it("fails with what the engine reported, and tells apart that another run has the lock", async () => {
  writeFileSync(join(folder, "failure"), "error: update failed\n");
  const failed = engine.preview(SCOPE);
  await expect(failed).rejects.toThrow(RunFailed);
  await expect(failed).rejects.toThrow(/^pulumi preview failed:\nGröße fehlt$/);
  writeFileSync(
    join(folder, "failure"),
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file\n",
  );
  await expect(engine.up(SCOPE, () => {})).rejects.toThrow(StackBusy);
  writeFileSync(join(folder, "failure"), "error: [409] Conflict: Another update is currently in progress.\n");
  await expect(engine.up(SCOPE, () => {})).rejects.toThrow("another run of this stack is at work");
});
