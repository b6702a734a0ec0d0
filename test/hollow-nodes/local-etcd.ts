import { parse, parseAllDocuments, stringify } from "yaml";
import { INIT_CONFIGURATION } from "../../lib/kubeadm/paths.ts";
import type { NodeFile } from "../../lib/node/files.ts";

/** Settings of a member that are its size's, and not its machine's. */
const KEPT = ["quota-backend-bytes", "heartbeat-interval", "election-timeout"];

/** How the API server is let in to an etcd on other machines: kubeadm makes others for its own etcd. */
const CREDENTIALS = /^\/etc\/kubernetes\/pki\/(etcd\/ca|apiserver-etcd-client)\./;

/** Where kubeadm's own etcd is reached. */
const LOCAL_ETCD = "https://127.0.0.1:2379";

interface Argument {
  name: string;
  value: string;
}

interface ClusterConfiguration {
  kind: string;
  apiServer?: { extraArgs?: Argument[] };
}

/** Settings from the static pod of a member of etcd that has machines of its own. */
export function etcdSettings(staticPod: string): Record<string, string> {
  const { spec } = parse(staticPod) as { spec: { containers: [{ command: string[] }] } };
  const flags = spec.containers[0].command.map((flag) => flag.replace(/^--/, "").split("=") as [string, string]);
  return Object.fromEntries(flags.filter(([name]) => KEPT.includes(name)));
}

/** The files of a control plane that uses an etcd on other machines, for one that has its own: behind hollow members, there is none. */
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

/** Events go to that etcd too, which has no second one beside it. */
function withOneEtcd({ extraArgs = [], ...others }: ClusterConfiguration["apiServer"] = {}): object {
  const value = (of: Argument) => (of.name === "etcd-servers-overrides" ? of.value.replace(/https:.*/, LOCAL_ETCD) : of.value);
  return { ...others, extraArgs: extraArgs.map((each) => ({ ...each, value: value(each) })) };
}
