import { X509Certificate } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { kubeconfigFor } from "../../../operations/kubeconfig/kubeconfig-for.ts";
import type { StackState, StateResource } from "../../../operations/state/stack-state.ts";
import { resource, stateOf } from "../../support/stack-state.ts";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
let ca: KeyPair;
let state: StackState;
beforeAll(async () => {
  ca = await createCa("kubernetes");
  state = stateOf(cluster("web"));
});

/** The administrator's kubeconfig, as far as it tells how to reach the API. */
const administrator = (cas: string) =>
  `clusters:\n- cluster:\n    server: https://203.0.113.10:6443\n    proxy-url: socks5://127.0.0.1:1080\n    certificate-authority-data: ${Buffer.from(cas).toString("base64")}\n`;

function cluster(name: string, secret: object = { plaintext: JSON.stringify(ca) }, cas = ca.certificate): StateResource[] {
  const component = { urn: `urn:pulumi:demo::caravan::caravan:index:KubernetesCluster::${name}`, type: "caravan:index:KubernetesCluster" };
  return [
    { ...component, outputs: { kubeconfig: { ...SECRET, plaintext: JSON.stringify(administrator(cas)) } } },
    resource("Stash", `${name}-pki-cluster`, { outputs: { output: { ...SECRET, ...secret } } }),
  ];
}

it("signs a kubeconfig for a person, which ends after some hours", async () => {
  const text = await kubeconfigFor(state, { user: "ada@example.com", groups: ["developers", "on-call"], hours: 2 });
  const { clusters, users, contexts, "current-context": current } = parse(text);
  const decoded = (base64: string) => Buffer.from(base64, "base64").toString();
  expect({ clusters, contexts, current, users: users.map(({ name }: { name: string }) => name) }).toEqual({
    clusters: [
      {
        name: "web",
        cluster: {
          server: "https://203.0.113.10:6443",
          "proxy-url": "socks5://127.0.0.1:1080",
          "certificate-authority-data": Buffer.from(ca.certificate).toString("base64"),
        },
      },
    ],
    contexts: [{ name: "web", context: { cluster: "web", user: "ada@example.com" } }],
    current: "web",
    users: ["ada@example.com"],
  });
  const certificate = new X509Certificate(decoded(users[0].user["client-certificate-data"]));
  expect(certificate.subject).toBe("O=developers\nO=on-call\nCN=ada@example.com");
  expect(certificate.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
  expect(Math.abs(certificate.validToDate.getTime() - Date.now() - 2 * 3600_000)).toBeLessThan(6 * 60_000);
});

it("signs with the CA in use while it is rotated, and trusts all that are trusted", async () => {
  const next = await createCa("kubernetes");
  const stash = resource("Stash", "web-pki-cluster-2", { outputs: { output: { ...SECRET, plaintext: JSON.stringify(next) } } });
  const sign = async (cas: string) => {
    const { clusters, users } = parse(await kubeconfigFor(stateOf([...cluster("web", undefined, cas), stash]), { user: "ada" }));
    expect(Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64").toString()).toBe(cas);
    const signed = new X509Certificate(Buffer.from(users[0].user["client-certificate-data"], "base64"));
    return [ca, next].findIndex(({ certificate }) => signed.verify(new X509Certificate(certificate).publicKey));
  };
  const [old, present] = [ca.certificate, next.certificate];
  expect([await sign(old), await sign(old + present), await sign(present + old), await sign(present)]).toEqual([0, 0, 1, 1]);
});

it("names all problems of the options at once", async () => {
  await expect(kubeconfigFor(state, { user: "system:admin", groups: ["system:masters", ""], hours: 721 })).rejects.toThrow(
    "kubeconfig has 4 invalid properties:\n" +
      '  user: "system:admin" begins with "system:", which is for Kubernetes itself; choose another name\n' +
      '  groups[0]: "system:masters" begins with "system:", which is for Kubernetes itself; choose another name\n' +
      "  groups[1]: is missing; give a name\n" +
      "  hours: 721 is not allowed, because nobody can revoke a certificate; use up to 720, at least ten minutes (0.17)",
  );
  await expect(kubeconfigFor(state, { user: "ä".repeat(3), groups: ["a".repeat(65)], hours: 0 })).rejects.toThrow(
    'kubeconfig has 3 invalid properties:\n  user: "äää" has characters other than printable ASCII; use those only\n' +
      `  groups[0]: "${"a".repeat(65)}" has 65 characters; a certificate takes at most 64\n` +
      "  hours: 0 is not allowed, because nobody can revoke a certificate; use up to 720, at least ten minutes (0.17)",
  );
});

it("says what the state lacks", async () => {
  const sign = (resources: StateResource[], name?: string) =>
    kubeconfigFor(stateOf(resources), { user: "ada", ...(name === undefined ? {} : { cluster: name }) });
  await expect(sign([])).rejects.toThrow("the stack has no KubernetesCluster; give the state of a stack that has one");
  await expect(sign(cluster("web", { ciphertext: "v1:abc" }))).rejects.toThrow(
    'the state has no readable CA of the cluster "web"; export it with its secrets: stack.exportStack() or pulumi stack export --show-secrets',
  );
  await expect(sign([{ ...cluster("web")[0]!, outputs: {} }])).rejects.toThrow(
    'the cluster "web" is not complete: its state has no kubeconfig; run pulumi up first',
  );
  const both = [...cluster("web"), ...cluster("db")];
  await expect(sign(both)).rejects.toThrow("cluster: is missing; choose one of web, db");
  await expect(sign(both, "mail")).rejects.toThrow('cluster: "mail" is not in the stack; choose one of web, db');
  expect(parse(await sign(both, "db"))["current-context"]).toBe("db");
});
