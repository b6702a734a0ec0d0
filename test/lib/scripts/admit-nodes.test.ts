import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdirSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const MINUTE = 60_000;

let ca: KeyPair;
let node: ScriptedNode;
beforeAll(async () => {
  ca = await createCa("kubernetes");
});
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/kubernetes/pki/ca.crt", ca.certificate);
  node.write("etc/kubernetes/pki/ca.key", ca.privateKey);
});
afterEach(() => node.remove());

interface Cluster {
  /** Records, as lines of record, node and note. */
  records?: string[];
  /** Nodes, as lines of name and readiness. */
  nodes?: string[];
}

/** Admits machines, given as "name id address". */
function admit(machines: string[], { records = [], nodes = [] }: Cluster = {}, stubs = "") {
  const lines = (all: string[]) => all.map((line) => `${line}\n`).join("");
  node.write("run/records", lines(records));
  node.write("run/nodes", lines(nodes));
  const kubectl = `kubectl() {
    case $* in
      *" get configmaps "*) cat /run/records ;;
      *" get nodes "*) cat /run/nodes ;;
      *" patch configmap "*) echo "$9 $(cat "\${13}")" >>/run/patches ;;
      *) record "$@" ;;
    esac
  }`;
  const input = { OWNER: "0123456789", POOL: "web", BATCH: "0", MACHINES: machines.join("\n") };
  const result = node.runNodeScript("admitNodes", input, `${kubectl}\n${stubs}`);
  return {
    ...result,
    admitted: result.stdout
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map(readCredential),
  };
}

function readCredential(line: string) {
  const [name = "", gift = ""] = line.split(" ");
  const [, certificate = "", key = ""] =
    /^CLIENT_CERTIFICATE='([A-Za-z0-9+/=]+)'\nCLIENT_KEY='([A-Za-z0-9+/=]+)'\n$/.exec(decoded(gift)) ?? [];
  return { name, certificate: new X509Certificate(decoded(certificate)), key: createPrivateKey(decoded(key)) };
}

const patches = () =>
  node
    .read("run/patches")
    .trimEnd()
    .split("\n")
    .map((line) => [line.split(" ")[0], JSON.parse(line.slice(line.indexOf(" ")))]);
const decoded = (text: string) => Buffer.from(text, "base64").toString();
const LABELS = { "caravan.dev/record": "nodes", "caravan.dev/pool": "web", "caravan.dev/batch": "0" };

it("signs for each machine only its own node's certificate, which expires within an hour", () => {
  const { code, admitted } = admit(["web-1 id-1 10.40.0.21", "web-2 id-2 10.40.0.22"]);
  expect([code, admitted.map(({ name }) => name)]).toEqual([0, ["web-1", "web-2"]]);
  const issuer = new X509Certificate(ca.certificate);
  for (const { name, certificate, key } of admitted) {
    expect(certificate.subject).toBe(`O=system:nodes\nCN=system:node:${name}`);
    expect([certificate.verify(issuer.publicKey), certificate.checkPrivateKey(key), certificate.ca]).toEqual([true, true, false]);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.subjectAltName).toBeUndefined();
    const [from, to] = [certificate.validFromDate, certificate.validToDate].map(Number) as [number, number];
    expect(to - from).toBeLessThanOrEqual(61 * MINUTE);
    expect(to).toBeLessThanOrEqual(Date.now() + 60 * MINUTE);
    expect(to).toBeGreaterThan(Date.now() + 50 * MINUTE);
  }
  expect(new Set(admitted.map(({ certificate }) => certificate.serialNumber)).size).toBe(2);
});

it("leaves no key behind, and prints none on standard error", () => {
  const { stderr } = admit(["web-1 id-1 10.40.0.21"]);
  expect(stderr).toBe("");
  expect(readdirSync(`${node.folder}/run/caravan`)).toEqual([]);
});

it("records machine and address of every node, where only administrators can write, and keeps labels and taints", () => {
  const own = "caravan-nodes-0123456789-0 web-1 id-1 10.40.0.21 label:tier=web taint:gpu:NoSchedule";
  admit(["web-1 id-1 10.40.0.21", "web-2 id-2 10.40.0.22"], { records: [own], nodes: ["web-1 True"] });
  expect(patches()).toEqual([
    [
      "caravan-nodes-0123456789-0",
      {
        metadata: { labels: LABELS },
        data: { "web-1": "id-1 10.40.0.21 label:tier=web taint:gpu:NoSchedule", "web-2": "id-2 10.40.0.22" },
      },
    ],
  ]);
});

it("creates a missing record", () => {
  const missing = `patches=0; eval "patch_$(declare -f patch_record)"; patch_record() { [[ -e /run/made ]] && patch_patch_record "$@"; }
  admin_kubectl() { case $* in *" create configmap "*) touch /run/made; record "$@" ;; *) kubectl --kubeconfig x --request-timeout 30s "$@" ;; esac; }`;
  expect(admit(["web-1 id-1 10.40.0.21"], {}, missing)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["--namespace kube-system create configmap caravan-nodes-0123456789-0"]);
  expect(patches()).toHaveLength(1);
});

it.each([
  ["has joined, whether or not it is ready", ["web-1 True"], "id-1", false],
  ["has joined and waits for its network", ["web-1 False"], "id-1", false],
  ["has a Node that has said nothing yet", ["web-1 <none>"], "id-1", false],
  ["has a Node whose kubelet is silent, as after a reset", ["web-1 Unknown"], "id-1", true],
  ["takes the place of another of its name", ["web-1 True"], "id-0", true],
  ["has no Node", [], "id-1", true],
])("gives a credential only to machines that must join: one that %s", (_, nodes, known, given) => {
  const { code, admitted } = admit(["web-1 id-1 10.40.0.21"], { records: [`caravan-nodes-0123456789-0 web-1 ${known} 10.40.0.21`], nodes });
  expect([code, admitted.map(({ name }) => name)]).toEqual([0, given ? ["web-1"] : []]);
  const forgotten = "--kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s delete node web-1 --wait=false --ignore-not-found";
  expect(node.calls).toEqual(known === "id-0" ? [forgotten] : []);
});

it.each([
  ["another pool, be it of the same name in another stack,", "caravan-nodes-9876543210-0"],
  ["the control planes", "caravan-nodes-control-planes"],
])("never signs for the name of %s", (_, record) => {
  const { code, admitted, stderr } = admit(["web-1 id-1 10.40.0.21", "web-2 id-2 10.40.0.22"], {
    records: [`${record} web-1 id-0 10.40.0.10`],
  });
  expect([code, admitted.map(({ name }) => name)]).toEqual([0, ["web-2"]]);
  expect(patches()[0]?.[1].data).toEqual({ "web-2": "id-2 10.40.0.22" });
  expect(stderr).toBe(
    `web-1: web-1 is not admitted: a node of that name is noted in kube-system/${record}. If what it belonged to is gone for good, delete that ConfigMap; otherwise choose another name\n`,
  );
});

it("signs nothing when it cannot read records or Nodes", () => {
  expect(admit(["web-1 id-1 10.40.0.21"], {}, "print_records() { return 1; }")).toMatchObject({
    code: 1,
    stdout: "",
    stderr: "web-1: failed: the Kubernetes API does not answer on this control plane; look at kube-apiserver and etcd there\n",
  });
});
