import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** Address and credentials of a cluster's API. */
export interface ClusterAccess {
  /** `https://host:port` of the API. */
  server: string;
  headers: Record<string, string>;
  /** URL of the proxy to the API. @default that of the environment, if it has one */
  proxy?: string;
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer; servername?: string; rejectUnauthorized: boolean };
}

interface Entries {
  "current-context"?: string;
  contexts?: { name: string; context: { cluster: string; user: string } }[];
  clusters?: { name: string; cluster: Record<string, unknown> }[];
  users?: { name: string; user: Record<string, unknown> }[];
}

/** Reads the access to a cluster from a kubeconfig, which is given as text or as the path of a file. Errors never quote its content. */
export function clusterAccess(kubeconfig: string): ClusterAccess {
  const all = parsed(/^\s*\{|\n/.test(kubeconfig) ? kubeconfig : fileContent(kubeconfig));
  const context = entry(all.contexts, all["current-context"])?.context;
  const cluster = entry(all.clusters, context?.cluster)?.cluster;
  const user = entry(all.users, context?.user)?.user;
  if (typeof cluster?.server !== "string" || !user)
    throw new Error("its kubeconfig has no current context with a cluster and a user; choose one with `kubectl config use-context`");
  const token = typeof user.token === "string" ? user.token : undefined;
  const cert = content(user, "client-certificate");
  if (!token && !cert)
    throw new Error(
      "its kubeconfig has neither a client certificate nor a token; give one that has, because other credentials are not supported",
    );
  return {
    server: cluster.server.replace(/\/$/, ""),
    ...(typeof cluster["proxy-url"] === "string" ? { proxy: cluster["proxy-url"] } : {}),
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    tls: {
      ...defined({ ca: content(cluster, "certificate-authority"), cert, key: content(user, "client-key") }),
      ...(typeof cluster["tls-server-name"] === "string" ? { servername: cluster["tls-server-name"] } : {}),
      rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
    },
  };
}

function fileContent(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Error("its kubeconfig is neither the text of one nor the path of a file that can be read; give the provider one of these");
  }
}

function parsed(text: string): Entries {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // The parser's own error shows the line.
  }
  if (typeof value === "object" && value !== null) return value as Entries;
  throw new Error("its kubeconfig is no YAML; give the text of one, or the path of its file");
}

function entry<T extends { name: string }>(entries: T[] | undefined, name: string | undefined): T | undefined {
  return entries?.find((each) => each.name === name);
}

function content(values: Record<string, unknown>, name: string): Buffer | undefined {
  const data = values[`${name}-data`];
  if (typeof data === "string" && data !== "") return Buffer.from(data, "base64");
  const file = values[name];
  return typeof file === "string" && file !== "" ? readFileSync(file) : undefined;
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
