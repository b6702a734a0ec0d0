import { X509Certificate } from "node:crypto";
import { symlinkSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { createCa, createClient, createServer } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { kubeconfig } from "../../../lib/pki/kubeconfig.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const CURRENT = (kind: string) => `var/lib/kubelet/pki/kubelet-${kind}-current.pem`;

/** Stubs. The API keeps requests, and signs them with the CA in /run/signer, as Kubernetes does. The kubelet runs unless /run/broken is there. */
const commands = `
sleep() { SECONDS=$((SECONDS + 60)); }
journalctl() { echo "x509: certificate signed by unknown authority"; }
kubelet_is_healthy() { [[ ! -e /run/broken ]]; }
kubectl() {
  case $* in
    *" create "*) record "kubectl create"; cat >/run/request.json; echo certificatesigningrequest.certificates.k8s.io/csr-1 ;;
    *" get certificatesigningrequest"*) [[ -e /run/silent ]] || sign_request | base64 --wrap 0 ;;
    *" annotate "*) record "kubectl annotate \${!#}" ;;
    *" get node "*) [[ ! -e /run/broken ]] ;;
  esac
}
sign_request() {
  python3 -c 'import base64, json; print(base64.b64decode(json.load(open("/run/request.json"))["spec"]["request"]).decode())' >/run/request.csr
  openssl x509 -req -in /run/request.csr -CA /run/signer.crt -CAkey /run/signer.key -copy_extensions copy -days 1 2>/dev/null
}
systemctl() { record systemctl "$@"; }`;

const definitions = (name: "worker" | "controlPlane") => nodeScript(name).split("\n").slice(0, -1).join("\n");

let cas: [KeyPair, KeyPair];
let both: string;
beforeAll(async () => {
  cas = [await createCa("kubernetes"), await createCa("kubernetes")];
  both = cas[0].certificate + cas[1].certificate;
});

let node: ScriptedNode;
beforeEach(async () => {
  node = new ScriptedNode();
  node.write("etc/kubernetes/pki/ca.crt", cas[0].certificate);
  const client = await createClient(cas[0], { user: "system:node:web-1", groups: ["system:nodes"], days: 300 });
  const serving = await createServer(cas[0], { name: "system:node:web-1", hosts: ["web-1"], addresses: ["10.40.0.20"], days: 300 });
  node.write(
    "etc/kubernetes/kubelet.conf",
    kubeconfig({ cluster: "web", server: "https://10.40.0.5", ca: cas[0].certificate, user: "web", client }),
  );
  for (const [kind, pair] of [
    ["client", client],
    ["server", serving],
  ] as const) {
    node.write(`var/lib/kubelet/pki/kubelet-${kind}-first.pem`, pair.certificate + pair.privateKey);
    symlinkSync(`${node.folder}/var/lib/kubelet/pki/kubelet-${kind}-first.pem`, `${node.folder}/${CURRENT(kind)}`);
  }
});
afterEach(() => node.remove());

function signer(ca: KeyPair): void {
  node.write("run/signer.crt", ca.certificate);
  node.write("run/signer.key", ca.privateKey);
}

/** Gives a worker CAs, as its script does. */
function follow(trusted: string) {
  const input = { CA_CERTIFICATE: Buffer.from(trusted).toString("base64") };
  const before = node.calls.length;
  const { code, stderr } = node.run(definitions("worker"), "follow_known_cas", input, commands);
  return { code, stderr: stderr.replaceAll(/\d+ s\b/g, "N s"), calls: node.calls.slice(before) };
}

const signerOf = (kind: string) =>
  cas.findIndex(({ certificate }) => new X509Certificate(node.read(CURRENT(kind))).verify(new X509Certificate(certificate).publicKey)) + 1;

const state = () => {
  const { clusters } = parse(node.read("etc/kubernetes/kubelet.conf"));
  return {
    file: node.read("etc/kubernetes/pki/ca.crt"),
    kubeconfig: Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64").toString(),
    signers: ["client", "server"].map(signerOf),
  };
};

it("leaves a kubelet alone whose cluster's CA was never rotated", () => {
  const before = node.read("etc/kubernetes/kubelet.conf");
  expect(follow(cas[0].certificate)).toEqual({ code: 0, stderr: "", calls: [] });
  expect(node.read("etc/kubernetes/kubelet.conf")).toBe(before);
});

it("trusts both, then has certificates of the new CA, then trusts it alone, and restarts once in each step", () => {
  signer(cas[0]);
  expect(follow(both)).toMatchObject({
    code: 0,
    calls: ["systemctl restart kubelet", expect.stringMatching(/^kubectl annotate caravan.dev\/cluster-cas=(\w{16}):\1,\w{16}$/)],
  });
  expect(state()).toEqual({ file: both, kubeconfig: both, signers: [1, 1] });
  const turned = cas[1].certificate + cas[0].certificate;
  signer(cas[1]);
  expect(follow(turned)).toMatchObject({
    code: 0,
    calls: ["kubectl create", "kubectl create", "systemctl restart kubelet", expect.stringMatching(/^kubectl annotate/)],
  });
  expect(state()).toEqual({ file: turned, kubeconfig: turned, signers: [2, 2] });
  const [client, server] = ["client", "server"].map((kind) => new X509Certificate(node.read(CURRENT(kind))));
  expect([client!.subject, server!.subject]).toEqual(Array(2).fill("O=system:nodes\nCN=system:node:web-1"));
  expect([client!.subjectAltName, server!.subjectAltName]).toEqual([undefined, "DNS:web-1, IP Address:10.40.0.20"]);
  expect([node.mode(CURRENT("client")), node.mode("etc/kubernetes/kubelet.conf")]).toEqual(["600", "600"]);
  expect(follow(cas[1].certificate)).toMatchObject({ code: 0, calls: ["systemctl restart kubelet"] });
  expect(state()).toEqual({ file: cas[1].certificate, kubeconfig: cas[1].certificate, signers: [2, 2] });
  expect(follow(cas[1].certificate)).toEqual({ code: 0, stderr: "", calls: [] });
  expect([node.has("run/caravan/kubelet-client.key"), node.has("var/lib/caravan/kubelet-identity-before")]).toEqual([false, false]);
});

it("goes on after an interruption: the kubelet restarts although its files are written", () => {
  signer(cas[1]);
  node.write("run/silent");
  const turned = cas[1].certificate + cas[0].certificate;
  expect(follow(turned)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("timed out after N s waiting for the certificate of the kubelet's request csr-1"),
    calls: ["kubectl create"],
  });
  expect(state()).toEqual({ file: turned, kubeconfig: turned, signers: [1, 1] });
  node.delete("run/silent");
  expect(follow(turned)).toMatchObject({ code: 0 });
  expect(state().signers).toEqual([2, 2]);
});

it("takes no certificate that a former CA has signed", () => {
  signer(cas[0]);
  expect(follow(cas[1].certificate + cas[0].certificate)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "the kubelet's client certificate was not signed by the CA in use; look whether kube-controller-manager runs",
    ),
  });
  expect(state().signers).toEqual([1, 1]);
});

it("gives a kubelet that does not run its former files back", () => {
  signer(cas[1]);
  node.write("run/broken");
  const before = { ...state() };
  expect(follow(cas[1].certificate + cas[0].certificate)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("the kubelet does not run with its new CAs (see above), and has its former ones again"),
    calls: ["kubectl create", "kubectl create", "systemctl restart kubelet", "systemctl restart kubelet"],
  });
  expect(state()).toEqual(before);
  node.delete("run/broken");
  expect(follow(cas[1].certificate + cas[0].certificate)).toMatchObject({ code: 0 });
});

it("says what to do with a kubeconfig whose CA is in a file of its own", () => {
  node.write("etc/kubernetes/kubelet.conf", "clusters: [{cluster: {certificate-authority: /ca.crt}}]\n");
  expect(follow(both)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "has no certificate-authority-data, so the kubelet cannot be given another CA; take this node out, and let it join again",
    ),
  });
});

it("signs the certificates of a control plane's own kubelet by itself", () => {
  const turned = cas[1].certificate + cas[0].certificate;
  node.write("etc/kubernetes/pki/ca.crt", turned);
  node.write("etc/kubernetes/pki/ca.key", cas[1].privateKey);
  const call = "follow_cluster_cas /etc/kubernetes/pki/ca.crt sign_own_kubelet";
  const input = { KEY_PHASES: "", FILES: "", FIRST_NODE: "web-1", PEERS: "", ETCD: "stacked" };
  expect(node.run(definitions("controlPlane"), call, input, commands)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["systemctl restart kubelet"]);
  expect(state()).toEqual({ file: turned, kubeconfig: turned, signers: [2, 2] });
  const server = new X509Certificate(node.read(CURRENT("server")));
  expect([server.subject, server.subjectAltName, server.keyUsage]).toEqual([
    "O=system:nodes\nCN=system:node:web-1",
    "DNS:web-1, IP Address:10.40.0.20",
    ["1.3.6.1.5.5.7.3.1"],
  ]);
  expect(new X509Certificate(node.read(CURRENT("client"))).keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  expect(server.validFromDate.getTime()).toBeLessThan(Date.now() - 200_000);
});
