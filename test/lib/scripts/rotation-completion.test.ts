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

/** Makes the beginning of a token as Kubernetes does, with the id of its key. */
function tokenOf({ publicKey }: { publicKey: string }): string {
  const der = createPublicKey(publicKey).export({ type: "spki", format: "der" });
  const kid = createHash("sha256").update(der).digest("base64url");
  return `${Buffer.from(JSON.stringify({ alg: "RS256", kid })).toString("base64url")}.payload.signature`;
}
