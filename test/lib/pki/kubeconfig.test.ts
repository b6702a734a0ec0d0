import { expect, it } from "vitest";
import { parse } from "yaml";
import { kubeconfig } from "../../../lib/pki/kubeconfig.ts";

const args = {
  cluster: "demo",
  server: "https://203.0.113.10:6443",
  ca: "CA's certificate",
  user: "kubernetes-admin",
  client: { certificate: "client's certificate", privateKey: "client's key" },
};

it("embeds everything to reach one cluster as one user", () => {
  expect(parse(kubeconfig(args))).toEqual({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "demo", cluster: { server: "https://203.0.113.10:6443", "certificate-authority-data": base64("CA's certificate") } },
    ],
    users: [
      {
        name: "kubernetes-admin",
        user: { "client-certificate-data": base64("client's certificate"), "client-key-data": base64("client's key") },
      },
    ],
    contexts: [{ name: "demo", context: { cluster: "demo", user: "kubernetes-admin" } }],
    "current-context": "demo",
  });
});

it("names the proxy to the API, if there is one", () => {
  const { cluster } = parse(kubeconfig({ ...args, proxy: "http://127.0.0.1:10240" })).clusters[0];
  expect(cluster).toMatchObject({ server: args.server, "proxy-url": "http://127.0.0.1:10240" });
});

it("writes long data on one line, as kubectl does", () => {
  const long = kubeconfig({ ...args, ca: "x".repeat(2000) });
  expect(parse(long).clusters[0].cluster["certificate-authority-data"]).toBe(base64("x".repeat(2000)));
  expect(long).not.toMatch(/[>|]-?\n/);
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
