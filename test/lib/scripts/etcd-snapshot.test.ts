import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const SCRIPT = ["common.sh", "etcd-snapshot.sh"].map(readScript).join("\n");
const STUBS = 'curl() { record curl "$@"; cat /run/answer; }\nprogress() { log "$*"; }';
const CERTIFICATES = { ETCD_CA: "ca", ETCD_CERT: "cert", ETCD_KEY: "key" };

/** Database of 100,000 bytes, and its SHA-256 at its end, as etcd writes it. */
const DATABASE = Buffer.alloc(100_000, "etcd");
const SNAPSHOT = Buffer.concat([DATABASE, createHash("sha256").update(DATABASE).digest()]);

/** Answer of etcd's gateway: a line of JSON for each part. */
const answer = (snapshot: Buffer, size = 32_768) =>
  Array.from({ length: Math.ceil(snapshot.length / size) }, (_, place) => {
    const blob = snapshot.subarray(place * size, (place + 1) * size);
    const remaining = snapshot.length - place * size - blob.length;
    return `${JSON.stringify({ result: { remaining_bytes: String(remaining), blob: blob.toString("base64") } })}\n`;
  }).join("");

const save = (name = "1.37.2", stubs = STUBS) => node.run(SCRIPT, `save_snapshot https://127.0.0.1:2379 ${name}`, CERTIFICATES, stubs);

it("saves and verifies a snapshot for root alone, and removes the one of the last upgrade", () => {
  node.write("run/answer", answer(SNAPSHOT));
  node.write("var/lib/caravan/snapshots/before-1.36.3.db", "old");
  node.write("var/lib/caravan/snapshots/before-1.37.0.db.new", "a part");
  expect(save()).toEqual({
    code: 0,
    stdout: "",
    stderr: "web-1: etcd is saved in /var/lib/caravan/snapshots/before-1.37.2.db (0.1 MiB)\n",
  });
  expect(node.read("var/lib/caravan/snapshots/before-1.37.2.db")).toBe(SNAPSHOT.toString());
  expect(node.mode("var/lib/caravan/snapshots/before-1.37.2.db")).toBe("600");
  expect(node.has("var/lib/caravan/snapshots/before-1.36.3.db")).toBe(false);
  expect(node.has("var/lib/caravan/snapshots/before-1.37.0.db.new")).toBe(false);
});

const flipped = Buffer.from(SNAPSHOT);
flipped[5000]! ^= 1;

it.each([
  ["has a flipped byte", answer(flipped), "the snapshot of etcd is broken: its SHA-256 is not the one at its end"],
  [
    "is truncated",
    answer(SNAPSHOT).split("\n").slice(0, 2).join("\n"),
    "the snapshot of etcd is broken: its SHA-256 is not the one at its end",
  ],
  ["is empty", "", "the snapshot of etcd is broken: its SHA-256 is not the one at its end"],
  ["is refused", '{"error": {"message": "etcdserver: no leader"}}\n', "etcd gives no snapshot: {'message': 'etcdserver: no leader'}"],
  [
    "has no room on the disk",
    `${JSON.stringify({ result: { remaining_bytes: String(2 ** 60), blob: "" } })}\n`,
    expect.stringMatching(
      /^the disk has no room for a snapshot of etcd: it needs 1099511627776 MiB and \d+ are free$/,
    ) as unknown as string,
  ],
])("fails, and keeps the former one, when a snapshot %s", (_, content, reason) => {
  node.write("run/answer", content);
  node.write("var/lib/caravan/snapshots/before-1.36.3.db", "old");
  const { code, stderr } = save();
  const [first, ...others] = stderr.split("\n");
  expect([code, first, others]).toEqual([
    1,
    reason,
    ["web-1: failed: etcd was not saved before its upgrade; see above. Nothing has changed yet", ""],
  ]);
  expect(node.has("var/lib/caravan/snapshots/before-1.36.3.db")).toBe(true);
  expect(node.has("var/lib/caravan/snapshots/before-1.37.2.db")).toBe(false);
});
