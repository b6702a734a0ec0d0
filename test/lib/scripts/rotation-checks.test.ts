import { createHash, X509Certificate } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const NOW = 1_800_000_000;
const PHASES = "var/lib/caravan/key-phases";

/** Stubs. The cluster has the control planes web-1 to web-3, and the records in a file. */
const commands = `
readonly TAKEOVER_SECONDS=0
sleep() { :; }
date() { echo ${NOW}; }
former_certificates() { cat /run/former 2>/dev/null || true; }
former_tokens() { cat /run/tokens 2>/dev/null || true; }
write_secrets_anew() { record write_secrets_anew "$1"; }
admin_kubectl() {
  case $* in
    *" nodes --selector !"*) cat /run/workers ;;
    *" nodes "*) [[ ! -e /run/silent ]] && printf 'web-1\\nweb-2\\nweb-3\\n' ;;
    *"get configmap"*) cat /run/records 2>/dev/null || true ;;
    *"create configmap"*) record create; touch /run/created ;;
    *"patch configmap"*) [[ -e /run/created ]] && record "patch $(cat "\${!#}")" ;;
  esac
}`;

const definitions = nodeScript("controlPlane")
  .split("\n")
  .slice(0, -1)
  .join("\n")
  .replace(/^readonly TAKEOVER_SECONDS=.*$/m, "");

let cas: KeyPair[];
beforeAll(async () => {
  cas = await Promise.all([createCa("kubernetes"), createCa("kubernetes")]);
});

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

/** Checks wanted phases on a machine that has others, beside the records of all. */
function check(wanted: string, own: string, records: readonly string[]) {
  if (own !== "") node.write(PHASES, `${own}\n`);
  node.write("run/records", records.map((record, index) => `web-${index + 1} ${record}\n`).join(""));
  const { code, stderr } = node.run(definitions, "check_key_phases", input(wanted), commands);
  return { code, calls: node.calls, error: stderr.replace("web-1: failed: ", "").trim() };
}

const input = (wanted: string) => ({ KEY_PHASES: wanted, FILES: "", FIRST_NODE: "web-1", PEERS: "", ETCD: "stacked" });
const allowed = { code: 0, calls: [], error: "" };
const long = NOW - 4000;

it("allows each step when all control planes have the one before, or some have the new one already", () => {
  expect(check("encryptionKey=1:1,2", "", [])).toEqual(allowed);
  const trusting = `${long} encryptionKey=1:1,2`;
  expect(check("encryptionKey=2:1,2", "encryptionKey=1:1,2", [trusting, trusting, trusting])).toEqual(allowed);
  expect(check("encryptionKey=2:1,2", "encryptionKey=1:1,2", [trusting, `${long} encryptionKey=2:1,2`, trusting])).toEqual(allowed);
});

it("refuses to use a key that another control plane does not trust yet", () => {
  const trusting = `${long} frontProxyCa=1:1,2`;
  expect(check("frontProxyCa=2:1,2", "frontProxyCa=1:1,2", [trusting, trusting])).toEqual({
    code: 1,
    calls: [],
    error:
      "frontProxyCa: generation 2 is to be used, and web-3 does not trust it yet; use generation 1, trust both, and run again, then use 2",
  });
});

it("refuses to drop a key that another control plane uses, or that a forgotten rotation has left", () => {
  const using = `${long} frontProxyCa=2:1,2`;
  expect(check("frontProxyCa=2:2", "frontProxyCa=2:1,2", [using, `${long} frontProxyCa=1:1,2`, using])).toMatchObject({
    code: 1,
    error:
      "frontProxyCa: generation 1 is not to be trusted any more, and web-2 still uses it; trust both and use 2, run again, then drop 1",
  });
  const done = `${long} encryptionKey=2:2`;
  expect(check("", "encryptionKey=2:2", [done, done, done])).toMatchObject({
    code: 1,
    error:
      "encryptionKey: generation 1 is to be used, and web-1 does not trust it yet; use generation 2, trust both, and run again, then use 1",
  });
});

/** Checks wanted CAs of the cluster on a machine that has others, beside what workers tell of theirs. */
async function checkCas(wanted: string, own: string, workers: readonly string[]) {
  const ids = cas.map(({ certificate }) => createHash("sha256").update(new X509Certificate(certificate).raw).digest("hex").slice(0, 16));
  const named = (text: string) => text.replaceAll(/[12]/g, (generation) => ids[Number(generation) - 1]!);
  const order = (phase: string) => {
    const [use, trust = ""] = phase.split(":");
    return [use!, ...trust.split(",").filter((each) => each !== use)];
  };
  const bundleOf = (phase: string) =>
    order(phase)
      .map((generation) => cas[Number(generation) - 1]!.certificate)
      .join("");
  node.write("etc/kubernetes/pki/ca.crt", bundleOf(own));
  node.write(PHASES, own === "1:1" ? "\n" : `clusterCa=${own}\n`);
  node.write(
    "run/records",
    ["web-1", "web-2", "web-3"].map((name) => `${name} ${long}${own === "1:1" ? "" : ` clusterCa=${own}`}\n`).join(""),
  );
  node.write("run/workers", workers.map((told, index) => `worker-${index} ${named(told)}\n`).join(""));
  const FILES = encodeNodeFiles([{ path: `${node.folder}/etc/kubernetes/pki/ca.crt`, mode: "0644", content: bundleOf(wanted) }]);
  const { code, stderr } = node.run(
    definitions,
    "check_key_phases",
    { ...input(wanted === "1:1" ? "" : `clusterCa=${wanted}`), FILES },
    commands,
  );
  return { code, error: stderr.replace("web-1: failed: ", "").trim() };
}

const through = { code: 0, error: "" };
const blind = (nodes: string) => ({
  code: 1,
  error: `clusterCa: another generation is to be used, and nodes do not trust it yet: ${nodes}; go back to the step before, see that it ends for their pools, and delete the Nodes whose machines are gone`,
});
const bound = (nodes: string) => ({
  code: 1,
  error: `clusterCa: a generation is to be dropped, and nodes have certificates of it: ${nodes}; go back to the step before, see that it ends for their pools, and delete the Nodes whose machines are gone`,
});

it("uses another CA of the cluster only when each worker tells that it trusts it", async () => {
  expect(await checkCas("1:1,2", "1:1", ["", ""])).toEqual(through);
  expect(await checkCas("2:1,2", "1:1,2", ["1:1,2", "1:1,2"])).toEqual(through);
  expect(await checkCas("2:1,2", "1:1,2", ["1:1,2", "", "1:1"])).toEqual(blind("worker-1, worker-2"));
  expect(await checkCas("2:1,2", "1:1,2", [])).toEqual(through);
});

it("drops a CA of the cluster only when no worker has a certificate of it", async () => {
  expect(await checkCas("2:2", "2:1,2", ["2:2,1", "2:2,1"])).toEqual(through);
  expect(await checkCas("2:2", "2:1,2", ["2:2,1", "1:1,2", ""])).toEqual(bound("worker-1, worker-2"));
});

it("takes each step of the cluster's CA back, also where a worker failed in it", async () => {
  expect(await checkCas("1:1", "1:1,2", ["1:1,2", ""])).toEqual(through);
  expect(await checkCas("1:1", "1:1,2", ["1:1,2", "2:2,1"])).toEqual(bound("worker-1"));
  expect(await checkCas("1:1,2", "2:1,2", ["2:2,1", "1:1,2"])).toEqual(through);
});

it("joins no control plane while another one's API server has a certificate of another CA than the one in use", () => {
  const stubs = `\nanswers() { [[ \${2:-} != */ca-in-use.crt || ! -e /run/former ]]; }`;
  const join = () => node.run(definitions, "check_joining_ca", { ...input("clusterCa=2:1,2"), PEERS: "10.40.0.21:6443" }, commands + stubs);
  node.write("etc/kubernetes/pki/ca.crt", cas.map(({ certificate }) => certificate).join(""));
  expect(join()).toMatchObject({ code: 0, stderr: "" });
  node.write("run/former");
  expect(join()).toMatchObject({
    code: 1,
    stderr:
      "web-1: failed: clusterCa: the API server at 10.40.0.21:6443 has a certificate of another generation than the one in use, so no control plane can join; use the other generation again, run pulumi up, and then go on\n",
  });
  node.write("etc/kubernetes/pki/ca.crt", cas[0]!.certificate);
  expect(join()).toMatchObject({ code: 0 });
});

it("has all Secrets written anew before the encryption key is dropped", () => {
  const using = `${long} encryptionKey=2:1,2`;
  expect(check("encryptionKey=2:2", "encryptionKey=2:1,2", [using, using, using])).toEqual({
    ...allowed,
    calls: ["write_secrets_anew 1200"],
  });
});

it("keeps the former key of tokens until they have ended on each control plane, and until no Secret has one", () => {
  const using = (seconds: number) => `${NOW - seconds} serviceAccountKey=2:1,2`;
  const drop = (records: string[]) => check("serviceAccountKey=2:2", "serviceAccountKey=2:1,2", records);
  expect(drop([using(4000), using(3000), using(4000)])).toMatchObject({
    code: 1,
    error: "serviceAccountKey: tokens that web-2 signed before are valid for 12 more minutes; trust both generations until then",
  });
  const late = [using(4000), using(3701), using(4000)];
  expect(drop(late)).toEqual(allowed);
  expect(drop([`${NOW - 10} serviceAccountKey=2:2`, using(3701), using(4000)])).toEqual(allowed);
  node.write("run/tokens", "default/ci\nmonitoring/reader\n");
  expect(drop(late)).toMatchObject({
    code: 1,
    error:
      "serviceAccountKey: Secrets have tokens of the generation that is to be dropped: default/ci, monitoring/reader; remove data.token from each, so that it gets a new one, and give that to its users",
  });
});

it("fails when it cannot know what the others have", () => {
  node.write("run/silent");
  expect(check("encryptionKey=1:1,2", "", [])).toEqual({
    code: 1,
    calls: [],
    error:
      "the Kubernetes API does not answer on this control plane, so it is not known which keys the others have; look at kube-apiserver and etcd there",
  });
});

it("goes on with phases that were checked when an interrupted change has left no answer", () => {
  const silent = { code: 1, calls: [], error: expect.stringMatching(/^the Kubernetes API does not answer on this control plane/) };
  expect(check("encryptionKey=1:1,2", "", [])).toEqual(allowed);
  node.write("run/silent");
  expect(check("encryptionKey=1:1,2", "", [])).toEqual(silent);
  node.write("var/lib/caravan/settings-before/interrupted");
  expect(check("encryptionKey=1:1,2", "", [])).toEqual(allowed);
  expect(check("encryptionKey=2:1,2", "", [])).toEqual(silent);
});

it("renews certificates that have ended before it asks the API", () => {
  const stubs = `\nhas_expired() { [[ -e /run/ended ]]; }\nrenew_when_due() { record renew; rm /run/ended; }`;
  node.write("run/ended");
  expect(node.run(definitions, "begin_rotation", input("encryptionKey=1:1,2"), commands + stubs)).toMatchObject({ code: 0 });
  expect(node.run(definitions, "begin_rotation", input("encryptionKey=1:1,2"), commands + stubs)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["renew"]);
});

const record = (wanted: string) => node.run(definitions, "record_key_phases", input(wanted), commands);

it("records the phases in the cluster with the time, and on the machine", () => {
  expect(record("encryptionKey=1:1,2")).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["create", `patch {"data":{"web-1":"${NOW} encryptionKey=1:1,2"}}`]);
  expect(node.read(PHASES)).toBe("encryptionKey=1:1,2\n");
});

it("records nothing while a certificate of a former CA is in use", () => {
  node.write("run/former", "front-proxy-client /etc/kubernetes/pki/front-proxy-client.crt kube-apiserver\n");
  const { code, stderr } = record("frontProxyCa=2:1,2");
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      "web-1: failed: certificates of a former CA are still in use, because their renewal was put off: front-proxy-client; run again\n",
  });
  expect([node.calls, node.has(PHASES)]).toEqual([[], false]);
});

it("names the first ten of many Secrets", () => {
  const names = Array.from({ length: 12 }, (_, index) => `default/s${index}`).join("\n");
  const { stdout } = node.run(definitions, `in_words "${names}"`, input(""), commands);
  expect(stdout).toBe(
    "default/s0, default/s1, default/s2, default/s3, default/s4, default/s5, default/s6, default/s7, default/s8, default/s9 and 2 more\n",
  );
});
