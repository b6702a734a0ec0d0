import { X509Certificate } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { createCa, createClient } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { kubeconfig } from "../../../lib/pki/kubeconfig.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

/**
 * Stubs. kubeadm writes the fresh certificate. The kubelet runs a component in a pod of its manifest, unless the manifest's annotation is
 * in /run/broken.
 */
const commands = `
sleep() { SECONDS=$((SECONDS + 20)); }
maintenance_lease() { record lease "$@"; [[ $1 != take || ! -e /run/lease ]] || return "$(</run/lease)"; }
kubectl() { [[ $* != *--patch-file* ]] || record "record $(cat "\${!#}")"; }
kubeadm() {
  record kubeadm "$@"
  case "$*" in
    "certs renew "*.conf*) cat /run/fresh.conf >"/etc/kubernetes/$3" ;;
    "certs renew "*) write_pair "$(certificates | awk -v name="$3" '$1 == name { print $2 }')" ;;
    "init phase kubeconfig admin"*) mkdir -p "\${!#}" && cp /run/fresh.conf "\${!#}/admin.conf" ;;
  esac
}
write_pair() { cat /run/fresh.crt >"$1"; cat /run/fresh.key >"\${1%.crt}.key"; }
pod_of() { md5sum <"/etc/kubernetes/manifests/$1.yaml" | cut -d " " -f 1; }
is_healthy() { [[ ! -e /run/broken ]] || ! grep -q "caravan.dev/certificates" "/etc/kubernetes/manifests/$1.yaml"; }
running_pod() {
  is_healthy "$1" || return 1
  [[ ! -e /run/runs-$1 || $(<"/run/runs-$1") == "$(pod_of "$1")" ]] || record "$1 restarts"
  pod_of "$1" | tee "/run/runs-$1"
}`;

const DAY = 24 * 60 * 60 * 1000;
const FILES = {
  "admin.conf": "admin.conf",
  apiserver: "pki/apiserver.crt",
  "apiserver-kubelet-client": "pki/apiserver-kubelet-client.crt",
  "front-proxy-client": "pki/front-proxy-client.crt",
  "apiserver-etcd-client": "pki/apiserver-etcd-client.crt",
  "etcd-server": "pki/etcd/server.crt",
  "etcd-peer": "pki/etcd/peer.crt",
  "etcd-healthcheck-client": "pki/etcd/healthcheck-client.crt",
  "controller-manager.conf": "controller-manager.conf",
  "scheduler.conf": "scheduler.conf",
} as const;
type Name = keyof typeof FILES;

/** Pairs by the days since they were signed, each valid for 300 days. */
const pairs = new Map<number, KeyPair>();
const AGES = [0, 1, 199, 201, 301];
let ca: KeyPair;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const now = Date.now();
  vi.setSystemTime(now - 1000 * DAY);
  ca = await createCa("kubernetes");
  for (const age of AGES) {
    vi.setSystemTime(now - age * DAY);
    pairs.set(age, await createClient(ca, { user: "someone", days: 300 }));
  }
  vi.useRealTimers();
});
afterAll(() => {
  vi.useRealTimers();
});

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("var/lib/caravan/control-plane-ready", "ready");
  node.write("etc/kubernetes/caravan/init.yaml", "init");
  node.write("etc/kubernetes/caravan/patches/kube-scheduler+merge.yaml", "patch");
  for (const name of ["ca", "front-proxy-ca", "etcd/ca"]) put(`pki/${name}.crt`, ca);
  for (const name of Object.keys(FILES) as Name[]) put(FILES[name], pairs.get(1)!);
  for (const component of ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"])
    node.write(manifest(component), MANIFEST);
  node.write(manifest("kube-apiserver"), ANNOTATED);
  put("", pairs.get(0)!, "run/fresh.crt");
  put("", pairs.get(0)!, "run/fresh.conf");
});
afterEach(() => node.remove());

const MANIFEST = "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    tier: control-plane\nspec:\n  containers: []\n";
const ANNOTATED = MANIFEST.replace("  labels", '  annotations:\n    kubeadm.kubernetes.io/endpoint: "1"\n  labels');
const manifest = (component: string) => `etc/kubernetes/manifests/${component}.yaml`;

function put(file: string, pair: KeyPair, path = `etc/kubernetes/${file}`): void {
  if (path.endsWith(".conf")) {
    node.write(path, kubeconfig({ cluster: "web", server: "https://10.40.0.5", ca: ca.certificate, user: "someone", client: pair }));
  } else {
    node.write(path, pair.certificate);
    node.write(path.replace(/crt$/, "key"), pair.privateKey);
  }
}

function age(days: number, ...names: Name[]): void {
  for (const name of names) put(FILES[name], pairs.get(days)!);
}

function renew(stubs = "") {
  const before = node.calls.length;
  const { code, stderr } = node.runNodeScript("renewCertificates", {}, commands + stubs);
  const calls = node.calls.slice(before);
  const record = calls.filter((call) => call.startsWith("record ")).map((call) => JSON.parse(JSON.parse(call.slice(7)).data["web-1"]));
  return { code, stderr, calls: calls.filter((call) => !call.startsWith("record ")), record };
}

/** Reads all files that a renewal may change. */
const files = () =>
  Object.values(FILES)
    .flatMap((file) => [file, file.replace(/crt$/, "key")])
    .map((file) => node.read(`etc/kubernetes/${file}`))
    .concat(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((component) => node.read(manifest(component))));

/** Names of the certificates that are the fresh one. */
const fresh = () =>
  (Object.keys(FILES) as Name[]).filter((name) => {
    const text = node.read(`etc/kubernetes/${FILES[name]}`);
    return text === node.read("run/fresh.crt") || text === node.read("run/fresh.conf");
  });

const endOf = (days: number) => new X509Certificate(pairs.get(days)!.certificate).validToDate.toISOString().replace(".000Z", "Z");
const TAKE = "lease take web-1 1200";
const EXTEND = "lease take web-1 60";
const RELEASE = "lease release web-1";
const kubeadm = (name: Name) => `kubeadm certs renew ${name} --config /etc/kubernetes/caravan/init.yaml`;

it("touches nothing while a third of each validity is left, and records the first end", () => {
  age(199, "etcd-peer");
  const before = files();
  expect(renew()).toEqual({ code: 0, stderr: "", calls: [], record: [{ first: "etcd-peer", end: endOf(199) }] });
  expect(files()).toEqual(before);
});

it("renews exactly what has less than a third left, then restarts what reads it only at its start, under the lease", () => {
  age(201, "apiserver", "scheduler.conf", "etcd-server");
  expect(renew()).toEqual({
    code: 0,
    stderr: "web-1: renewed certificates: apiserver etcd-server scheduler.conf\n",
    calls: [
      TAKE,
      ...(["apiserver", "etcd-server", "scheduler.conf"] as const).map(kubeadm),
      ...[EXTEND, "kube-apiserver restarts", EXTEND, "kube-scheduler restarts"],
      RELEASE,
    ],
    record: [{ first: expect.any(String), end: endOf(1), renewed: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) }],
  });
  expect(fresh()).toEqual(["apiserver", "etcd-server", "scheduler.conf"]);
  expect(node.has("var/lib/caravan/renewal")).toBe(false);
  expect(renew().calls).toEqual([]);
});

it("renews a certificate of a former CA, and no other of that file", async () => {
  const present = await createCa("kubernetes");
  node.write("etc/kubernetes/pki/front-proxy-ca.crt", `${present.certificate}${ca.certificate}`);
  put("", await createClient(present, { user: "someone", days: 300 }), "run/fresh.crt");
  expect(renew()).toMatchObject({
    code: 0,
    calls: [TAKE, kubeadm("front-proxy-client"), EXTEND, "kube-apiserver restarts", RELEASE],
  });
  expect(fresh()).toEqual(["front-proxy-client"]);
  expect(renew()).toMatchObject({ code: 0, calls: [] });
});

it("gives kubeconfigs both CAs of the cluster while it is rotated, and signs anew what the former one has signed", async () => {
  const next = await createCa("kubernetes");
  const confs: Name[] = ["controller-manager.conf", "scheduler.conf"];
  const trusted = () =>
    ["admin.conf", ...confs].map((name) => {
      const { clusters } = parse(node.read(`etc/kubernetes/${name}`));
      return Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64").toString();
    });
  const steps: { cas: string; signer: KeyPair; renewed: Name[] }[] = [
    { cas: ca.certificate + next.certificate, signer: ca, renewed: confs },
    { cas: next.certificate + ca.certificate, signer: next, renewed: ["apiserver", "apiserver-kubelet-client", ...confs] },
    { cas: next.certificate, signer: next, renewed: confs },
  ];
  for (const { cas, signer, renewed } of steps) {
    node.write("etc/kubernetes/pki/ca.crt", cas);
    const client = await createClient(signer, { user: "someone", days: 300 });
    put("", client, "run/fresh.crt");
    // kubeadm writes only the first CA into a kubeconfig.
    node.write(
      "run/fresh.conf",
      kubeconfig({ cluster: "web", server: "https://10.40.0.5", ca: signer.certificate, user: "someone", client }),
    );
    const { code, calls } = renew();
    expect([code, calls.filter((call) => call.startsWith("kubeadm"))]).toEqual([
      0,
      [
        "kubeadm init phase kubeconfig admin --config /etc/kubernetes/caravan/init.yaml --kubeconfig-dir /run/caravan/renewed",
        ...renewed.map(kubeadm),
      ],
    ]);
    expect(trusted()).toEqual([cas, cas, cas]);
    expect(node.mode("etc/kubernetes/admin.conf")).toBe("600");
    expect(renew()).toMatchObject({ code: 0, calls: [] });
  }
});

it("annotates a manifest where kubeadm's own patch would, once", () => {
  age(201, "apiserver", "scheduler.conf");
  renew();
  const [, digest] = /certificates: (sha256-[0-9a-f]{16})\n/.exec(node.read(manifest("kube-scheduler")))!;
  expect(node.read(manifest("kube-scheduler"))).toBe(
    MANIFEST.replace("  labels", `  annotations:\n    caravan.dev/certificates: ${digest}\n  labels`),
  );
  expect(node.read("etc/kubernetes/caravan/patches/kube-scheduler-certificates+merge.yaml")).toBe(
    `metadata:\n  annotations:\n    caravan.dev/certificates: ${digest}\n`,
  );
  const [own] = /.*caravan.dev\/certificates.*\n/.exec(node.read(manifest("kube-apiserver")))!;
  expect(node.read(manifest("kube-apiserver"))).toBe(ANNOTATED.replace("annotations:\n", `annotations:\n${own}`));
  age(201, "apiserver-kubelet-client");
  renew();
  expect(node.read(manifest("kube-apiserver")).match(/certificates:/g)).toHaveLength(1);
});

it("renews the administrator's kubeconfig before the lease, which needs it", () => {
  age(301, "admin.conf");
  expect(renew()).toMatchObject({
    code: 0,
    stderr: "web-1: renewed certificates: admin.conf\n",
    calls: ["kubeadm init phase kubeconfig admin --config /etc/kubernetes/caravan/init.yaml --kubeconfig-dir /run/caravan/renewed"],
  });
  expect(fresh()).toEqual(["admin.conf"]);
});

it("leaves the certificates of an external etcd to the settings", () => {
  node.delete("etc/kubernetes/pki/etcd/ca.key");
  age(301, "apiserver-etcd-client", "etcd-server");
  expect(renew()).toMatchObject({ code: 0, calls: [] });
});

it.each([
  ["while kubeadm writes a certificate", 'write_pair() { : >"$1"; kill_all; }'],
  ["before anything has restarted", "restart_components() { kill_all; }"],
  ["when the API server has restarted", 'await_component() { [[ $1 == kube-apiserver ]] || kill_all; running_pod "$1" >/dev/null; }'],
])("completes a renewal that was killed %s", (_, stub) => {
  const killed = `\nkill_all() { kill -KILL $$ $(ps -o ppid= -p $BASHPID) $BASHPID; }\n${stub}`;
  age(201, "apiserver", "controller-manager.conf");
  expect(renew(killed).code).not.toBe(0);
  expect(node.has("var/lib/caravan/renewal")).toBe(true);
  const { code, calls } = renew();
  expect(code).toBe(0);
  expect([calls[0], calls.at(-1)]).toEqual([TAKE, RELEASE]);
  expect(fresh()).toEqual(["apiserver", "controller-manager.conf"]);
  expect(node.calls.filter((call) => call.endsWith("restarts"))).toEqual(["kube-apiserver restarts", "kube-controller-manager restarts"]);
  expect(node.has("var/lib/caravan/renewal")).toBe(false);
  expect(renew().calls).toEqual([]);
});

it("puts the renewal off while another control plane holds the lease", () => {
  age(201, "apiserver");
  node.write("run/lease", "3");
  const before = files();
  expect(renew()).toEqual({
    code: 0,
    stderr: "web-1: the renewal of certificates is put off until the next run\n",
    calls: [TAKE],
    record: [{ first: "apiserver", end: endOf(201) }],
  });
  expect(files()).toEqual(before);
  node.delete("run/lease");
  expect(renew()).toMatchObject({ code: 0, calls: [TAKE, kubeadm("apiserver"), EXTEND, "kube-apiserver restarts", RELEASE] });
});

it("waits for the API where nothing has ended yet, and does without the lease where something has", () => {
  age(201, "apiserver", "scheduler.conf");
  node.write("run/lease", "4");
  expect(renew()).toMatchObject({ code: 0, calls: [TAKE] });
  age(301, "apiserver");
  const { code, stderr, calls } = renew();
  expect({ code, stderr, calls }).toEqual({
    code: 0,
    stderr: "web-1: certificates have ended: they are renewed without the lease\nweb-1: renewed certificates: apiserver scheduler.conf\n",
    calls: [TAKE, kubeadm("apiserver"), kubeadm("scheduler.conf")],
  });
  expect(fresh()).toEqual(["apiserver", "scheduler.conf"]);
});

it("brings the former certificates back when a component does not run with the new ones, and tries again", () => {
  age(201, "apiserver", "scheduler.conf");
  const before = files();
  const others = "etc/kubernetes/caravan/patches/kube-controller-manager-certificates+merge.yaml";
  for (const file of ["run/broken", others]) node.write(file);
  const { code, stderr, record } = renew("\njournalctl() { :; }");
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      "web-1: kube-apiserver does not run with its new certificates; its last lines are above\n" +
      "web-1: failed: the former certificates are back, and this control plane runs with them; the next run tries again\n",
  });
  expect(record).toEqual([
    {
      first: expect.any(String),
      end: endOf(201),
      error: "web-1: failed: the former certificates are back, and this control plane runs with them; the next run tries again",
    },
  ]);
  expect(files()).toEqual(before);
  expect(node.has(others)).toBe(true);
  node.delete("run/broken");
  expect(renew()).toMatchObject({ code: 0, record: [{ end: endOf(1), renewed: expect.any(String) }] });
});

it("leaves an unhealthy control plane alone", () => {
  age(201, "apiserver");
  expect(renew("\nis_healthy() { [[ $1 != etcd ]]; }")).toMatchObject({
    code: 1,
    stderr: "web-1: failed: certificates are not renewed, because not all components of this control plane are healthy\n",
    calls: [TAKE, RELEASE],
  });
});

it("keeps renewed certificates out of reach of a change of settings that is rolled back later", () => {
  age(201, "apiserver");
  node.write(`var/lib/caravan/settings-before${node.folder}/etc/kubernetes/pki/apiserver.crt`, "old");
  expect(renew().code).toBe(0);
  expect(node.read(`var/lib/caravan/settings-before${node.folder}/etc/kubernetes/pki/apiserver.crt`)).toBe(node.read("run/fresh.crt"));
});

it("does nothing on a machine that is no control plane yet", () => {
  node.delete("var/lib/caravan/control-plane-ready");
  age(301, "apiserver");
  expect(renew()).toEqual({ code: 0, stderr: "", calls: [], record: [] });
});

it("names what ends within 60 days in one line of a run, CAs too", () => {
  age(301, "etcd-peer", "scheduler.conf");
  put("pki/front-proxy-ca.crt", pairs.get(301)!);
  const script = nodeScript("controlPlane").split("\n").slice(0, -1).join("\n");
  const { stderr } = node.run(script, "log_near_ends");
  const day = endOf(301).slice(0, 10);
  expect(stderr.replaceAll(/T[\d:]+Z/g, "")).toBe(
    `web-1: ends within 60 days: etcd-peer on ${day}, scheduler.conf on ${day}, front-proxy-CA on ${day}\n`,
  );
});

it("reads no certificate that is none, and says which", () => {
  node.write("etc/kubernetes/pki/apiserver.crt", "nothing");
  expect(renew()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("the certificate in /etc/kubernetes/pki/apiserver.crt cannot be read\n"),
    calls: [],
  });
});
