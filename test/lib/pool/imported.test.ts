import { expect, it } from "vitest";
import { checkImportedPool, importedId } from "../../../lib/pool/imported.ts";
import type { ImportedServer } from "../../../lib/pool/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (imported: ImportedServer[], settings: object = {}) =>
  problemsOf((problems) => checkImportedPool({ imported, clusterName: "demo", ...settings }, problems));

it("accepts servers with and without a host key", () => {
  expect(check([])).toEqual([]);
  expect(
    check([
      { name: "dgx-1", address: "192.0.2.10" },
      { name: "dgx-2", address: "192.0.2.11", hostKey: "ecdsa-sha2-nistp256 AAAA+/b=" },
    ]),
  ).toEqual([]);
});

it("names all problems of servers", () => {
  expect(
    check([
      { name: "DGX", address: "dgx.example.com" },
      { name: "dgx-2", address: "192.0.2.11", hostKey: "192.0.2.11 ssh-ed25519 AAAA" },
      { name: "dgx-2", address: "192.0.2.11" },
    ]),
  ).toEqual([
    'imported[0].name: "DGX" is not an RFC 1123 label; use lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
    'imported[0].address: "dgx.example.com" is not an IPv4 address; write it like 192.0.2.10',
    'imported[1].hostKey: is no SSH host key; write it as `ssh-keyscan` prints it without the name, like "ssh-ed25519 AAAA..."',
    'imported[2].name: "dgx-2" is named twice; import each server once',
    'imported[2].address: "192.0.2.11" is named twice; import each server once',
  ]);
});

it("checks the settings that all pools have", () => {
  expect(check([], { drainSeconds: 0, kubelet: { maxPods: 0 } })).toEqual([
    "drainSeconds: 0 is not a time for a drain; use 1 to 3600 whole seconds",
    "kubelet.maxPods: 0 is not a number of pods for a node; use 1 to 250",
  ]);
});

it("treats a server at another address as another server", () => {
  expect(importedId({ name: "dgx-1", address: "192.0.2.10" })).toBe("dgx-1@192.0.2.10");
});
