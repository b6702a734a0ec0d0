import { defined } from "../defined.ts";
import { toYaml } from "../yaml.ts";
import type { KeyPair } from "./key-pair.ts";

/** Arguments of a kubeconfig. */
export interface KubeconfigArgs {
  /** Name of the cluster and of the context. */
  cluster: string;
  /** `https://host:port` of the API. */
  server: string;
  /** URL of the proxy to the API. @default none */
  proxy?: string;
  /** Certificate of the cluster's CA, PEM. */
  ca: string;
  /** Name of the user entry. */
  user: string;
  /** The user's certificate and key. */
  client: KeyPair;
}

/** Writes a kubeconfig with one cluster, one user and one context, everything embedded. */
export function kubeconfig({ cluster, server, proxy, ca, user, client }: KubeconfigArgs): string {
  return toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster, cluster: { server, ...defined({ "proxy-url": proxy }), "certificate-authority-data": base64(ca) } }],
    users: [{ name: user, user: { "client-certificate-data": base64(client.certificate), "client-key-data": base64(client.privateKey) } }],
    contexts: [{ name: cluster, context: { cluster, user } }],
    "current-context": cluster,
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
