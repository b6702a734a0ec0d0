import { expect, it } from "vitest";
import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import type { RotationSettings } from "../../../lib/rotation/settings.ts";
import { checkRotationOf } from "../../../operations/rotation/check-rotation.ts";
import type { StackState } from "../../../operations/state/stack-state.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { resource, stateOf } from "../../support/stack-state.ts";

const LONG_AGO = "2020-01-01T00:00:00Z";
const started = resource("Command", "demo-control-plane-members");
const stash = (name: string, input: RotationSettings, modified = LONG_AGO) => resource("Stash", name, { inputs: { input }, modified });
const begun = (input: RotationSettings) => stash("demo-pki-rotation", input);
const done = (input: RotationSettings, modified?: string) => stash("demo-control-plane-rotation", input, modified);
const phase = (use: number, ...trust: number[]) => ({ use, trust });

/** Checks wanted phases against a state, and returns the error. */
async function check(rotation: RotationSettings | undefined, state: StackState | Error): Promise<string | undefined> {
  const args: KubernetesClusterArgs = rotation ? { ...mini, certificates: { rotation } } : mini;
  const read = async () => {
    if (state instanceof Error) throw state;
    return state;
  };
  return checkRotationOf("demo", args, read).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

const trusting = { encryptionKey: phase(1, 1, 2) };
const using = { encryptionKey: phase(2, 1, 2) };

it("allows a first step in a cluster that was never rotated, and anything in a new one", async () => {
  expect(await check(trusting, stateOf([started]))).toBeUndefined();
  expect(await check(undefined, stateOf([started]))).toBeUndefined();
  expect(await check(using, stateOf([]))).toBeUndefined();
});

it("refuses a jump before anything is changed", async () => {
  expect(await check(using, stateOf([started]))).toBe(
    'Kubernetes cluster "demo" has 1 invalid property:\n' +
      "  certificates.rotation.encryptionKey: { use: 2, trust: [1, 2] } is more than one step from { use: 1, trust: [1] }, which the machines have; go on with encryptionKey: { use: 1, trust: [1, 2] }",
  );
});

it("allows only the interrupted step and the way back while it is not done on all machines", async () => {
  const state = stateOf([started, begun(using), done(trusting)]);
  expect(await Promise.all([using, trusting].map((wanted) => check(wanted, state)))).toEqual([undefined, undefined]);
  expect(await check({ encryptionKey: phase(2, 2) }, state)).toContain("is not done on all machines; give one of both, and run again");
});

it("compares with what was begun in a cluster whose first run was interrupted", async () => {
  const state = stateOf([begun({ encryptionKey: phase(2, 2) })]);
  expect(await check({ encryptionKey: phase(2, 2) }, state)).toBeUndefined();
  expect(await check(undefined, state)).toContain("put { use: 2, trust: [2] } back, or use a newer generation");
});

it("keeps the former key of tokens until they have ended", async () => {
  const [both, one] = [{ serviceAccountKey: phase(2, 1, 2) }, { serviceAccountKey: phase(2, 2) }];
  const since = new Date();
  const state = stateOf([started, begun(both), done(both, since.toISOString())]);
  const end = new Date(since.getTime() + 3_700_000).toISOString();
  expect(await check(one, state)).toBe(
    'Kubernetes cluster "demo" has 1 invalid property:\n' +
      `  certificates.rotation.serviceAccountKey.trust: [2] drops a generation whose tokens are valid until ${end}; trust [1, 2] until then`,
  );
  expect(await check(one, stateOf([started, begun(both), done(both)]))).toBeUndefined();
});

const external = { ...mini, etcd: { topology: "external" as const, machine, ciliumEtcd: true }, ssh: { bastion: { machine } } };

it("counts a step of Cilium's etcd as done only when the network plugin has it, too", async () => {
  const [both, used] = [{ ciliumEtcdCa: phase(1, 1, 2) }, { ciliumEtcdCa: phase(2, 1, 2) }];
  const checkExternal = (rotation: RotationSettings, state: StackState) =>
    checkRotationOf("demo", { ...external, certificates: { rotation } }, async () => state);
  const of = (input: RotationSettings) => stash("demo-rotation", input);
  await expect(checkExternal(used, stateOf([started, begun(both)]))).rejects.toThrow("is not done on all machines; give one of both");
  await expect(checkExternal(used, stateOf([started, begun(both), of(both)]))).resolves.toBeUndefined();
  // Control planes are no witness of it.
  await expect(checkExternal(used, stateOf([started, begun(both), done(both)]))).rejects.toThrow("is not done on all machines");
});

it("lets a first run that was interrupted go on with the phases that it began with", async () => {
  const later = { encryptionKey: phase(2, 2) };
  expect(await check(later, stateOf([started, begun(later)]))).toBeUndefined();
});

it("needs a state that can be read only for a cluster that rotates keys", async () => {
  const unreadable = new Error("no backend");
  expect(await check(undefined, unreadable)).toBeUndefined();
  expect(await check(trusting, unreadable)).toBe("certificates.rotation was not compared with what the machines have: no backend");
});
