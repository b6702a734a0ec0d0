import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { s3Ca, s3Objects } from "../../../devcloud/openstack/components/s3.ts";
import { ADDER, ADMINISTRATOR, S3_BUCKET, S3_URL, type S3Account } from "../../../devcloud/s3/access.ts";
import type { S3Answer } from "../../../devcloud/s3/request.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import type { S3StoreSettings } from "../../../lib/etcd-backup/settings.ts";
import type { Machine } from "./ssh.ts";

/** Fields of a manifest that scenarios look at. */
export interface Manifest {
  cluster: string;
  kubernetesVersion: string;
  etcdVersion: string;
  revision: number;
  sha256: string;
}

/** Returns the settings of the object store's bucket for an account. */
export async function storeOf({ accessKey, secretKey }: S3Account, prefix: string): Promise<S3StoreSettings & { ca: string }> {
  return { endpoint: S3_URL, bucket: S3_BUCKET, prefix, accessKey, secretKey, ca: await readFile(s3Ca, "utf8") };
}

/** Sends a request to the object store, from within devcloud's network. `path` is below the bucket. */
export async function askStore(account: S3Account, method: string, path: string): Promise<S3Answer> {
  const program = `
    const { s3Request } = await import(${JSON.stringify(`${repositoryDir}/devcloud/s3/request.ts`)});
    const { store, account, method, path } = JSON.parse(process.argv[1]);
    console.log(JSON.stringify(await s3Request(store, account, method, path)));`;
  const store = { url: S3_URL, ca: await readFile(s3Ca, "utf8") };
  const order = JSON.stringify({ store, account, method, path: `/${S3_BUCKET}${path}` });
  return JSON.parse(await onDevcloud([process.execPath, "--input-type=module", "--eval", program, order], { deadline: 60 })) as S3Answer;
}

/** Lists the names of all objects below a prefix. */
export async function objectsBelow(prefix: string): Promise<string[]> {
  const { status, text } = await askStore(ADMINISTRATOR, "GET", `?list-type=2&prefix=${encodeURIComponent(`${prefix}/`)}`);
  if (status !== 200) throw new Error(`the object store does not list ${prefix}: status ${status}, ${text}`);
  return [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, name]) => name!);
}

/** Lists the names of all manifests below a prefix, the latest last. */
export async function manifestsBelow(prefix: string): Promise<string[]> {
  return (await objectsBelow(prefix)).filter((name) => name.endsWith(".json")).sort();
}

/** Has a member of etcd back up now, and returns the name of the snapshot. */
export async function backUp(member: Machine, prefix: string): Promise<string> {
  await member.run("/usr/bin/python3 -IB /usr/local/lib/caravan/etcd-backup/backup.py /etc/kubernetes/caravan/etcd-backup.json now");
  return basename((await manifestsBelow(prefix)).at(-1)!, ".json");
}

/**
 * Copies a snapshot in the object store under another name, with changes to its data or manifest. The store's folder is written itself: what
 * a machine uploads is whole.
 */
export async function copyChanged(
  prefix: string,
  name: string,
  copy: string,
  { data = (bytes) => bytes, manifest = (text) => text }: { data?: (bytes: Buffer) => Buffer; manifest?: (text: string) => string },
): Promise<void> {
  const path = (file: string) => join(s3Objects, S3_BUCKET, prefix, file);
  await writeFile(path(`${copy}.db.age`), data(await readFile(path(`${name}.db.age`))));
  await writeFile(path(`${copy}.json`), manifest(await readFile(path(`${name}.json`), "utf8")));
}

/** Returns the statuses of requests that a machine's credential must not make. */
export async function statusesOfAdder(name: string): Promise<number[]> {
  const methods = ["GET", "DELETE"].map((method) => askStore(ADDER, method, `/${name}`));
  return (await Promise.all([...methods, askStore(ADDER, "GET", "?list-type=2")])).map(({ status }) => status);
}

export async function manifestOf(name: string): Promise<Manifest> {
  return JSON.parse((await askStore(ADMINISTRATOR, "GET", `/${name}`)).text) as Manifest;
}

/** Fetches an object on a machine with the administrator's account, decrypts it there, and returns the SHA-256 of what is in it. */
export async function decryptedOn(machine: Machine, name: string, prefix: string, identity: string): Promise<string> {
  const order = Buffer.from(JSON.stringify({ ...(await storeOf(ADMINISTRATOR, prefix)), type: "s3" })).toString("base64");
  const get =
    "import json, sys; sys.path.insert(0, '/usr/local/lib/caravan/etcd-backup'); from stores import store_of; " +
    `store_of(json.load(sys.stdin)).get('${name}', '/run/fetched.age')`;
  const commands = [
    "set -e -o pipefail",
    `base64 --decode <<<'${order}' | /usr/bin/python3 -IB -c "${get}"`,
    `age --decrypt --identity <(echo '${identity}') /run/fetched.age | sha256sum | cut -d ' ' -f 1`,
    "rm -f /run/fetched.age",
  ];
  return (await machine.run(commands.join("\n"))).trim();
}
