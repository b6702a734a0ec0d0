import { createHash, createPublicKey } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createCa, createServiceAccountKey } from "../../../lib/pki/certificates.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const AUTHENTICATION = "extension-apiserver-authentication";
const SECRETS_QUERY = "admin_kubectl get secrets --all-namespaces --field-selector type=kubernetes.io/service-account-token --output json";

/** Stubs. The API server brings dropped CAs back once, if /run/late is there. */
const commands = `
SECRETS_AT_REST=secrets_at_rest
secrets_at_rest() { record secrets_at_rest "$@"; [[ ! -e /run/stuck ]] || { echo "2 Secrets are not under key2 yet (default/a: refused)" >&2; return 1; }; }
sleep() { SECONDS=$((SECONDS + 20)); }
admin_kubectl() {
  case $* in
    *"get configmap ${AUTHENTICATION}"*) cat /run/authentication.json ;;
    *"patch configmap ${AUTHENTICATION}"*)
      record patch
      [[ -e /run/always ]] || cp "\${!#}" /run/authentication.json
      [[ ! -e /run/late ]] || mv /run/late /run/authentication.json ;;
    *) record admin_kubectl "$@"; cat /run/secrets.json ;;
  esac
}`;

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const complete = (KEY_PHASES: string) => node.runNodeScript("completeRotation", { KEY_PHASES }, commands);
const published = (text: string) => JSON.stringify({ data: { "requestheader-client-ca-file": text } });

it("has all Secrets written with the key in use", () => {
  expect(complete("encryptionKey=2:1,2")).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["secrets_at_rest rewrite key2 3000"]);
});

it("fails with what is left when some cannot be written", () => {
  node.write("run/stuck");
  const { code, stderr } = complete("encryptionKey=2:1,2");
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^2 Secrets are not under key2 yet \(default\/a: refused\)\nweb-1: failed: all Secrets under the encryption key in use, after \d+ s; its last lines are above\n$/,
  );
});

it("takes a dropped CA of the front proxy out of what extensions trust, also when an API server brings it back", async () => {
  const [one, two] = await Promise.all([createCa("front-proxy-ca"), createCa("front-proxy-ca")]);
  const both = published(`${one.certificate}${two.certificate}`);
  node.write("etc/kubernetes/pki/front-proxy-ca.crt", two.certificate);
  node.write("run/authentication.json", both);
  node.write("run/late", both);
  expect(complete("frontProxyCa=2:2")).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["patch", "patch"]);
  expect(JSON.parse(node.read("run/authentication.json"))).toEqual(JSON.parse(published(two.certificate)));
});

it("leaves it while both are trusted, in whichever order", async () => {
  const [one, two] = await Promise.all([createCa("front-proxy-ca"), createCa("front-proxy-ca")]);
  node.write("etc/kubernetes/pki/front-proxy-ca.crt", `${two.certificate}${one.certificate}`);
  node.write("run/authentication.json", published(`${one.certificate}${two.certificate}`));
  expect(complete("frontProxyCa=2:1,2")).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([]);
});

it("fails when API servers go on bringing a dropped CA back", async () => {
  const [one, two] = await Promise.all([createCa("front-proxy-ca"), createCa("front-proxy-ca")]);
  node.write("etc/kubernetes/pki/front-proxy-ca.crt", two.certificate);
  node.write("run/authentication.json", published(one.certificate));
  node.write("run/always");
  const { code, stderr } = complete("frontProxyCa=2:2");
  expect(code).toBe(1);
  expect(stderr).toContain(
    "web-1: failed: API servers bring a dropped CA back into the ConfigMap extension-apiserver-authentication; look whether each has restarted\n",
  );
});

it("names Secrets with tokens of a former key, which nothing renews", async () => {
  const [former, present] = await Promise.all([createServiceAccountKey(), createServiceAccountKey()]);
  node.write("etc/kubernetes/pki/sa.pub", `${present.publicKey}${former.publicKey}`);
  const secret = (name: string, key?: { publicKey: string }) => ({
    metadata: { namespace: "default", name },
    ...(key ? { data: { token: Buffer.from(tokenOf(key)).toString("base64") } } : {}),
  });
  node.write("run/secrets.json", JSON.stringify({ items: [secret("old", former), secret("new", present), secret("empty")] }));
  expect(complete("serviceAccountKey=2:1,2")).toEqual({
    code: 0,
    stdout: "",
    stderr:
      "web-1: Secrets have tokens of a former key, which end when it is dropped: default/old. Remove data.token from each, so that it gets a new one, and give that to its users\n",
  });
  expect(node.calls).toEqual([SECRETS_QUERY]);
});

const base64 = (text: string) => Buffer.from(text).toString("base64");
const rootCa = (namespace: string, ca: string) => ({
  metadata: { namespace, creationTimestamp: "2026-01-01T00:00:00Z", managedFields: [{ time: "2026-02-01T00:00:00Z" }] },
  data: { "ca.crt": ca },
});
const pod = (namespace: string, name: string, startTime: string, reads = true) => ({
  metadata: { namespace, name },
  spec: {
    volumes: reads ? [{ projected: { sources: [{ serviceAccountToken: {} }, { configMap: { name: "kube-root-ca.crt" } }] } }] : [{}],
  },
  status: { startTime },
});

/** Stubs of a cluster whose own workloads are a DaemonSet and a Deployment, and one whose pods are not replaced. */
const cluster = `
admin_kubectl() {
  case $* in
    *"get configmap cluster-info"*) cat /run/cluster-info ;;
    *"patch configmap cluster-info"*) record "patch cluster-info"; cp "\${!#}" /run/published ;;
    *"get configmap ${AUTHENTICATION}"*) cat /run/authentication.json ;;
    *"patch configmap ${AUTHENTICATION}"*) record "patch authentication"; cp "\${!#}" /run/authentication.json ;;
    *"get configmaps"*) [[ ! -e /run/slow ]] || { record slow; rm /run/slow; cat /run/former.json; return; }; cat /run/root-ca.json ;;
    *"--raw /api/v1/pods"*continue=) cat /run/pods.json ;;
    *"--raw /api/v1/pods"*continue=page%3D2) cat /run/more-pods.json ;;
    *"get daemonsets,deployments"*) [[ $2 != kube-system ]] || printf '%s\\n' "kube-system DaemonSet/cilium RollingUpdate" "kube-system Deployment/coredns RollingUpdate" "kube-system DaemonSet/agent OnDelete" ;;
    *" patch "*) record "patch $4 $(cat "\${!#}")" ;;
    *"rollout status"*) record "await $5"; [[ ! -e /run/stuck-$(basename "$5") ]] ;;
  esac
}`;

it("tells the cluster which CAs of its API are trusted, starts own workloads again, and names pods of others", async () => {
  const [one, two] = await Promise.all([createCa("kubernetes"), createCa("kubernetes")]);
  const both = one.certificate + two.certificate;
  node.write("etc/kubernetes/pki/ca.crt", both);
  node.write(
    "run/cluster-info",
    `clusters:\n- cluster:\n    certificate-authority-data: ${base64(one.certificate)}\n    server: https://a\n`,
  );
  node.write("run/authentication.json", JSON.stringify({ data: { "client-ca-file": one.certificate } }));
  node.write("run/slow");
  node.write("run/former.json", JSON.stringify({ items: [rootCa("default", one.certificate), rootCa("shop", both)] }));
  node.write("run/root-ca.json", JSON.stringify({ items: [rootCa("default", both), rootCa("shop", two.certificate + one.certificate)] }));
  const [old, young] = ["2026-01-31T00:00:00Z", "2026-02-02T00:00:00Z"];
  const pods = [
    pod("default", "old", old),
    pod("default", "young", young),
    pod("shop", "other", old, false),
    pod("kube-system", "own", old),
  ];
  node.write("run/pods.json", JSON.stringify({ metadata: { continue: "page=2" }, items: pods }));
  node.write("run/more-pods.json", JSON.stringify({ metadata: {}, items: [pod("shop", "second", old)] }));
  const run = (phase: string) => node.runNodeScript("completeRotation", { KEY_PHASES: `clusterCa=${phase}` }, commands + cluster);
  const { code, stderr } = run("1:1,2");
  expect([code, stderr.split("\n").filter((line) => !/ s\)$/.test(line))]).toEqual([
    0,
    [
      "web-1: the pods of kube-system/DaemonSet/agent are not replaced by themselves (OnDelete); delete them one after another before the next step",
      "web-1: pods run since before the CAs of the API changed, and some programs read them only at their start: default/old, shop/second. Restart those that use the API before the next step",
      "",
    ],
  ]);
  const restart = node.calls[2]!.replace("patch DaemonSet/cilium ", "");
  expect(node.calls).toEqual([
    "patch cluster-info",
    "slow",
    ...["DaemonSet/cilium", "Deployment/coredns", "DaemonSet/agent"].map((workload) => `patch ${workload} ${restart}`),
    "await DaemonSet/cilium",
    "await Deployment/coredns",
  ]);
  expect(JSON.parse(restart)).toEqual({
    spec: { template: { metadata: { annotations: { "caravan.dev/cluster-cas": expect.stringMatching(/^[0-9a-f]{16}-[0-9a-f]{16}$/) } } } },
  });
  expect(JSON.parse(node.read("run/published")).data.kubeconfig).toContain(base64(both));
  // In the second step the same CAs are trusted, so nothing restarts; in the third, the old one is dropped everywhere.
  node.write("etc/kubernetes/pki/ca.crt", two.certificate + one.certificate);
  run("2:1,2");
  expect(node.calls.filter((call) => call === `patch DaemonSet/cilium ${restart}`)).toHaveLength(2);
  node.write("etc/kubernetes/pki/ca.crt", two.certificate);
  node.write("run/root-ca.json", JSON.stringify({ items: [rootCa("default", two.certificate)] }));
  node.write("run/authentication.json", JSON.stringify({ data: { "client-ca-file": both } }));
  run("2:2");
  expect(node.calls.filter((call) => call === `patch DaemonSet/cilium ${restart}`)).toHaveLength(2);
  expect(JSON.parse(node.read("run/authentication.json"))).toEqual({ data: { "client-ca-file": two.certificate } });
});

it("fails with the workload whose new pods do not run, and waits for it in the next run", async () => {
  const { certificate } = await createCa("kubernetes");
  node.write("etc/kubernetes/pki/ca.crt", certificate);
  for (const file of ["run/cluster-info", "run/stuck-coredns"]) node.write(file);
  node.write("run/authentication.json", "{}");
  node.write("run/root-ca.json", JSON.stringify({ items: [rootCa("kube-system", certificate)] }));
  node.write("run/pods.json", JSON.stringify({ metadata: {}, items: [] }));
  const run = () => node.runNodeScript("completeRotation", { KEY_PHASES: "clusterCa=2:2" }, commands + cluster);
  const { code, stderr } = run();
  expect(code).toBe(1);
  expect(stderr).toMatch(/timed out after \d+ s waiting for the new pods of kube-system\/Deployment\/coredns/);
  node.delete("run/stuck-coredns");
  expect(run()).toMatchObject({ code: 0 });
});

it("restarts nothing in a new cluster, where no network plugin runs yet", async () => {
  const { certificate } = await createCa("kubernetes");
  node.write("etc/kubernetes/pki/ca.crt", certificate);
  node.write("run/cluster-info");
  node.write("run/authentication.json", "{}");
  const made = rootCa("kube-system", certificate);
  made.metadata.managedFields = [{ time: "2026-01-01T00:00:01Z" }];
  node.write("run/root-ca.json", JSON.stringify({ items: [made] }));
  expect(node.runNodeScript("completeRotation", { KEY_PHASES: "clusterCa=2:2" }, commands + cluster)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([]);
});

/** Makes the beginning of a token as Kubernetes does, with the id of its key. */
function tokenOf({ publicKey }: { publicKey: string }): string {
  const der = createPublicKey(publicKey).export({ type: "spki", format: "der" });
  const kid = createHash("sha256").update(der).digest("base64url");
  return `${Buffer.from(JSON.stringify({ alg: "RS256", kid })).toString("base64url")}.payload.signature`;
}
