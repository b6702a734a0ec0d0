import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** Address and credentials of a cluster's API, from a kubeconfig. */
export interface ClusterAccess {
  server: string;
  certificateAuthority?: string;
  /** URL of the proxy to the API. */
  proxy?: string;
  /** Name that the server's certificate must have. @default the host of the server */
  serverName?: string;
  insecure: boolean;
  clientCertificate?: string;
  clientKey?: string;
  token?: string;
  /** Namespace of the kubeconfig's context. */
  namespace?: string;
}

/** Error: the kubeconfig has credentials that only the official plugin supports. */
export class OtherCredentials extends Error {}

interface Entry {
  name: string;
}

interface Kubeconfig {
  "current-context"?: string;
  contexts?: (Entry & { context: { cluster: string; user?: string; namespace?: string } })[];
  clusters?: (Entry & { cluster: Record<string, string | boolean> })[];
  users?: (Entry & { user: Record<string, unknown> })[];
}

export interface KubeconfigChoice {
  context?: string | undefined;
  cluster?: string | undefined;
}

/** Returns the content of a kubeconfig, which is given as its content or as the path of a file. */
export function readKubeconfig(contentOrPath: string): string {
  if (contentOrPath.includes("\n") || contentOrPath.trimStart().startsWith("{")) return contentOrPath;
  try {
    return readFileSync(contentOrPath, "utf8");
  } catch (error) {
    throw new Error(`kubeconfig is neither the content of one nor the path of a file that can be read: ${(error as Error).message}`);
  }
}

/** Finds the cluster and credentials of a context. @default the current context */
export function clusterAccess(content: string, choice: KubeconfigChoice): ClusterAccess {
  const kubeconfig = (parse(content) ?? {}) as Kubeconfig;
  const contextName = choice.context ?? kubeconfig["current-context"] ?? "";
  const { context } = find("context", kubeconfig.contexts, contextName);
  const { cluster } = find("cluster", kubeconfig.clusters, choice.cluster ?? context.cluster);
  const user = context.user ? find("user", kubeconfig.users, context.user).user : {};
  refuseOtherCredentials(user);
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return defined({
    server: String(cluster.server),
    insecure: cluster["insecure-skip-tls-verify"] === true,
    proxy: text(cluster["proxy-url"]),
    serverName: text(cluster["tls-server-name"]),
    certificateAuthority: dataOrFile(cluster, "certificate-authority"),
    clientCertificate: dataOrFile(user, "client-certificate"),
    clientKey: dataOrFile(user, "client-key"),
    token: text(user.token) ?? (text(user.tokenFile) && readFileSync(String(user.tokenFile), "utf8").trim()),
    namespace: text(context.namespace),
  });
}

function find<T extends Entry>(kind: string, entries: T[] | undefined, name: string): T {
  const found = entries?.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = (entries ?? []).map((entry) => entry.name).join(", ") || "none";
  throw new Error(`kubeconfig has no ${kind} ${JSON.stringify(name)} (it has: ${names})`);
}

function refuseOtherCredentials(user: Record<string, unknown>): void {
  const refused = ["exec", "auth-provider", "username", "as"].find((name) => name in user);
  if (refused === undefined) return;
  throw new OtherCredentials(
    `the stand-in plugin of devcloud knows client certificates and tokens only, but the kubeconfig's user has ${JSON.stringify(refused)}; install the official plugin`,
  );
}

function dataOrFile(entry: Record<string, unknown>, name: string): string | undefined {
  const data = entry[`${name}-data`];
  if (typeof data === "string" && data !== "") return Buffer.from(data, "base64").toString();
  const file = entry[name];
  return typeof file === "string" && file !== "" ? readFileSync(file, "utf8") : undefined;
}

function defined(access: { [Name in keyof ClusterAccess]: ClusterAccess[Name] | undefined }): ClusterAccess {
  return Object.fromEntries(Object.entries(access).filter(([, value]) => value !== undefined)) as unknown as ClusterAccess;
}
