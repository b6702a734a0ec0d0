import { parse } from "yaml";
import { defined } from "../../lib/defined.ts";
import { createClient } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { kubeconfig } from "../../lib/pki/kubeconfig.ts";
import { certificatesIn } from "../../lib/pki/pem.ts";
import { checkUser, DEFAULT_HOURS, type UserCertificate } from "../../lib/pki/user.ts";
import { Problems } from "../../lib/problems.ts";
import { revealed } from "../state/secret-values.ts";
import { nameOf, resourcesOf, type StackState, type StateResource } from "../state/stack-state.ts";
import { COMPONENTS, STASH } from "../state/types.ts";

export interface KubeconfigOptions extends UserCertificate {
  /** Name of the cluster, when the stack has several. @default the stack's only one */
  cluster?: string;
}

/**
 * Signs a kubeconfig for a person, with the CA in a stack's state. It ends by itself, so it is no output of a stack; it may do what RBAC gives
 * to its user and groups.
 * @param state state with its secrets, as `stack.exportStack()` of the Automation API and `pulumi stack export --show-secrets` return it
 * @throws an error that names all problems of the options; an error when the state has no such cluster, or its secrets are encrypted
 */
export async function kubeconfigFor(state: StackState, options: KubeconfigOptions): Promise<string> {
  const problems = new Problems();
  checkUser(options, problems);
  problems.throwIfAny("kubeconfig");
  const { user, groups = [], hours = DEFAULT_HOURS } = options;
  const { name, server, proxy, ca, trusted } = clusterIn(state, options.cluster);
  const client = await createClient(ca, { user, groups, days: hours / 24 });
  return kubeconfig({ cluster: name, server, ...defined({ proxy }), ca: trusted, user, client });
}

interface KnownCluster {
  name: string;
  server: string;
  proxy: string | undefined;
  /** CA in use. */
  ca: KeyPair;
  /** Certificates of all CAs that are trusted, PEM. */
  trusted: string;
}

/** Finds the cluster, how the administrator reaches it, and its CA. */
function clusterIn(state: StackState, wanted: string | undefined): KnownCluster {
  const cluster = chosen(
    resourcesOf(state).filter(({ type }) => type === COMPONENTS.cluster),
    wanted,
  );
  const name = nameOf(cluster.urn);
  if (cluster.outputs?.kubeconfig === undefined)
    throw new Error(`the cluster "${name}" is not complete: its state has no kubeconfig; run pulumi up first`);
  const [administrator] = parse(String(revealed(cluster.outputs.kubeconfig))).clusters;
  const { server, "proxy-url": proxy, "certificate-authority-data": data } = administrator.cluster;
  const trusted = Buffer.from(String(data), "base64").toString();
  const ca = caInUse(state, name, trusted);
  if (!ca)
    throw new Error(
      `the state has no readable CA of the cluster "${name}"; export it with its secrets: stack.exportStack() or pulumi stack export --show-secrets`,
    );
  return { name, server, proxy, ca, trusted };
}

/** Finds the CA whose certificate is the first that the administrator trusts. A state has several while they are rotated. */
function caInUse(state: StackState, name: string, trusted: string): KeyPair | undefined {
  const [used] = certificatesIn(trusted);
  return resourcesOf(state)
    .filter(({ type, urn }) => type === STASH && isCaOf(name, nameOf(urn)))
    .map(({ outputs }) => revealed(outputs?.output) as Partial<KeyPair> | undefined)
    .find((pair): pair is KeyPair => pair?.certificate?.trim() === used && pair?.privateKey !== undefined);
}

function isCaOf(cluster: string, resource: string): boolean {
  const ca = `${cluster}-pki-cluster`;
  return resource === ca || (resource.startsWith(`${ca}-`) && /^\d+$/.test(resource.slice(ca.length + 1)));
}

function chosen(clusters: StateResource[], wanted: string | undefined): StateResource {
  const names = clusters.map(({ urn }) => nameOf(urn));
  if (clusters.length === 0) throw new Error("the stack has no KubernetesCluster; give the state of a stack that has one");
  const found = wanted === undefined && clusters.length === 1 ? clusters[0] : clusters.find(({ urn }) => nameOf(urn) === wanted);
  if (!found)
    throw new Error(
      `cluster: ${wanted === undefined ? "is missing" : `"${wanted}" is not in the stack`}; choose one of ${names.join(", ")}`,
    );
  return found;
}
