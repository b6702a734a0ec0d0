import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import type { Kubernetes } from "../../../clients/kubernetes/client.ts";
import {
  OWN_DESCRIPTION,
  type ReleaseRecord,
  recordsInTheWay,
  refusedStep,
  releaseRecords,
} from "../../../clients/kubernetes/helm-records.ts";

const record = (revision: number, status: string, description = ""): ReleaseRecord => ({
  secret: `sh.helm.release.v1.cilium.v${revision}`,
  revision,
  status,
  description,
});

it.each([
  ["cannot re-use a name that is still in use", "install"],
  ["error: 1 error occurred:\n\t* another operation (install/upgrade/rollback) is in progress", "upgrade"],
  ['Helm release "kube-system/cilium" was created, but failed to initialize completely', undefined],
  ["", undefined],
])("knows by the error %j what Helm refused: %s", (error, step) => {
  expect(refusedStep(error)).toBe(step);
});

it.each([["pending-install"], ["failed"], ["uninstalling"], ["deployed"]])(
  "takes all records of a release away that the state does not know and that is %s",
  (status) => {
    const records = [record(1, "superseded", OWN_DESCRIPTION), record(2, status, OWN_DESCRIPTION)];
    expect(recordsInTheWay("install", records)).toEqual(records);
  },
);

it("never touches a release that somebody else installed", () => {
  expect(() => recordsInTheWay("install", [record(1, "superseded", OWN_DESCRIPTION), record(2, "deployed", "Upgrade complete")])).toThrow(
    'revision 2 was installed by somebody else ("Upgrade complete"): adopt the release with `pulumi import`, or remove it with `helm uninstall`',
  );
  expect(() =>
    recordsInTheWay("install", [record(1, "deployed", "Install complete"), record(2, "pending-upgrade", "Preparing upgrade")]),
  ).toThrow("revision 1 was installed by somebody else");
});

it("removes only pending records before an upgrade", () => {
  const all = ["superseded", "failed", "deployed", "pending-upgrade", "pending-rollback"].map((status, index) => record(index + 1, status));
  expect(recordsInTheWay("upgrade", all).map(({ revision }) => revision)).toEqual([4, 5]);
});

it("reads Helm's records, the oldest first", async () => {
  const asked: string[] = [];
  const item = (revision: number, status: string, description: string) => ({
    metadata: { name: `sh.helm.release.v1.cilium.v${revision}`, labels: { version: String(revision), status } },
    data: { release: Buffer.from(gzipSync(JSON.stringify({ info: { description } })).toString("base64")).toString("base64") },
  });
  const items = [item(10, "pending-upgrade", "Preparing upgrade"), item(9, "deployed", OWN_DESCRIPTION)];
  const get = async (path: string) => {
    asked.push(path);
    return { items };
  };
  const kubernetes = { get } as unknown as Kubernetes;
  expect(await releaseRecords(kubernetes, "kube-system", "cilium")).toEqual([
    record(9, "deployed", OWN_DESCRIPTION),
    record(10, "pending-upgrade", "Preparing upgrade"),
  ]);
  expect(asked).toEqual(["/api/v1/namespaces/kube-system/secrets?labelSelector=owner%3Dhelm%2Cname%3Dcilium"]);
});
