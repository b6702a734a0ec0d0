import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clusterAccess } from "../../../clients/kubernetes/access.ts";
import { kubeconfig } from "../../../lib/pki/kubeconfig.ts";

const own = kubeconfig({
  cluster: "demo",
  server: "https://203.0.113.10:6443",
  ca: "ca",
  user: "admin",
  client: { certificate: "certificate", privateKey: "key" },
});
const withUser = (user: string) => `current-context: c
contexts: [{ name: c, context: { cluster: k, user: u } }]
clusters: [{ name: k, cluster: { server: "https://a/", insecure-skip-tls-verify: true, tls-server-name: b } }]
users: [{ name: u, user: ${user} }]
`;

it("reads the access to a cluster from the library's own kubeconfigs, given as text or as a file", () => {
  const access = {
    server: "https://203.0.113.10:6443",
    headers: {},
    tls: { ca: Buffer.from("ca"), cert: Buffer.from("certificate"), key: Buffer.from("key"), rejectUnauthorized: true },
  };
  expect(clusterAccess(own)).toEqual(access);
  const folder = mkdtempSync(join(tmpdir(), "caravan-access-"));
  writeFileSync(join(folder, "kubeconfig"), own);
  expect(clusterAccess(join(folder, "kubeconfig"))).toEqual(access);
  rmSync(folder, { recursive: true });
});

it("supports tokens, server names for TLS and servers whose certificate is not verified", () => {
  expect(clusterAccess(withUser("{ token: t }"))).toEqual({
    server: "https://a",
    headers: { Authorization: "Bearer t" },
    tls: { servername: "b", rejectUnauthorized: false },
  });
});

it("refuses what it does not support, and never quotes the content", () => {
  expect(() => clusterAccess(withUser("{ exec: { command: s3cr3t } }"))).toThrow(
    "its kubeconfig has neither a client certificate nor a token; give one that has, because other credentials are not supported",
  );
  expect(() => clusterAccess("current-context: other\n")).toThrow(
    "its kubeconfig has no current context with a cluster and a user; choose one with `kubectl config use-context`",
  );
  expect(() => clusterAccess("users: [s3cr3t\n  : {")).toThrow(
    /^its kubeconfig is no YAML; give the text of one, or the path of its file$/,
  );
  expect(() => clusterAccess("s3cr3t")).toThrow(
    /^its kubeconfig is neither the text of one nor the path of a file that can be read; give the provider one of these$/,
  );
});
