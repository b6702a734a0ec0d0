import { parse, parseAllDocuments, stringify } from "yaml";
import { INIT_CONFIGURATION } from "../../lib/kubeadm/paths.ts";
import type { NodeFile } from "../../lib/node/files.ts";

/** Settings of a member that depend on the size of the cluster and not on its machine. */
const KEPT = ["quota-backend-bytes", "heartbeat-interval", "election-timeout"];

/** Credentials of the API server for an etcd on other machines. kubeadm makes different ones for its own etcd. */
const CREDENTIALS = /^\/etc\/kubernetes\/pki\/(etcd\/ca|apiserver-etcd-client)\./;

/** URL of kubeadm's own etcd. */
const LOCAL_ETCD = "https://127.0.0.1:2379";

interface Argument {
  name: string;
  value: string;
}

interface ClusterConfiguration {
  kind: string;
  apiServer?: { extraArgs?: Argument[] };
}

/** Reads settings from the static pod of a member on its own machine. */
export function etcdSettings(staticPod: string): Record<string, string> {
  const { spec } = parse(staticPod) as { spec: { containers: [{ command: string[] }] } };
  const flags = spec.containers[0].command.map((flag) => flag.replace(/^--/, "").split("=") as [string, string]);
  return Object.fromEntries(flags.filter(([name]) => KEPT.includes(name)));
}

/** Changes the files of a control plane with external etcd for a local etcd: hollow members run none. */
export function withLocalEtcd(files: readonly NodeFile[], settings: Record<string, string>): NodeFile[] {
  const extraArgs = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const own = files.filter(({ path }) => !CREDENTIALS.test(path));
  return own.map((file) =>
    file.path === INIT_CONFIGURATION ? { ...file, content: withEtcd(file.content, { local: { extraArgs } }) } : file,
  );
}

function withEtcd(initConfiguration: string, etcd: object): string {
  const documents = parseAllDocuments(initConfiguration).map((document) => document.toJS() as { kind: string });
  return documents
    .map((each) => stringify(isCluster(each) ? { ...each, etcd, apiServer: withOneEtcd(each.apiServer) } : each))
    .join("---\n");
}

function isCluster(document: { kind: string }): document is ClusterConfiguration {
  return document.kind === "ClusterConfiguration";
}

/** Sends events to the same etcd, which is the only one. */
function withOneEtcd({ extraArgs = [], ...others }: ClusterConfiguration["apiServer"] = {}): object {
  const value = (of: Argument) => (of.name === "etcd-servers-overrides" ? of.value.replace(/https:.*/, LOCAL_ETCD) : of.value);
  return { ...others, extraArgs: extraArgs.map((each) => ({ ...each, value: value(each) })) };
}
