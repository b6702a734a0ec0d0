import { createClient } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { readRecord, recordOf, writeRecord } from "../node-records.ts";
import { type NodeObject, nodePath } from "../nodes.ts";
import type { Call } from "./answer.ts";

/** Days of a credential: one hour. */
const CREDENTIAL_DAYS = 1 / 24;

/** Makes the credential with which a machine joins: a certificate of its own node. */
export function nodeCredential(ca: KeyPair, node: string): Promise<KeyPair> {
  return createClient(ca, { user: `system:node:${node}`, groups: ["system:nodes"], days: CREDENTIAL_DAYS });
}

/** Records the machines of a batch, and gives a credential to each that is no Node yet. */
export async function admitNodes({ input, cluster: { administrator, ca }, answer }: Call<"admitNodes">): Promise<void> {
  const machines = input.MACHINES.split("\n").map((line) => line.split(" ") as [name: string, id: string, address: string]);
  const record = await readRecord(administrator, recordOf(input));
  const notes = machines.map(([name, id, address]) => {
    const settings = record[name]?.split(" ").slice(2) ?? [];
    return [name, [id, address, ...settings].join(" ")] as const;
  });
  await writeRecord(administrator, recordOf(input), Object.fromEntries(notes));
  for (const [name] of machines) {
    if (await administrator.find<NodeObject>(nodePath(name))) continue;
    const { certificate, privateKey } = await nodeCredential(ca, name);
    const assignments = `CLIENT_CERTIFICATE='${base64(certificate)}'\nCLIENT_KEY='${base64(privateKey)}'\n`;
    answer(`${name} ${base64(assignments)}`);
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
