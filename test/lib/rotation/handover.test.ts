import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import * as tls from "node:tls";
import { beforeAll, expect, it } from "vitest";
import { controlPlaneFiles } from "../../../lib/control-plane/files.ts";
import { CILIUM_ETCD } from "../../../lib/etcd/instances.ts";
import { memberFiles } from "../../../lib/etcd/member-files.ts";
import { bundle } from "../../../lib/pki/bundle.ts";
import { createCa, createClient, createServer } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { clusterConfigurationArgs } from "../../support/kubeadm-args.ts";

/** Phases of a rotation: generations that are trusted, that in use first. */
const PHASES = [[1], [1, 2], [2, 1], [2]];

/** Machine that has reached a phase: the CAs in its files, and a certificate for others. */
interface Machine {
  trusted: string;
  server: KeyPair;
  client: KeyPair;
}

let cas: [KeyPair, KeyPair];
beforeAll(async () => {
  cas = [await createCa("kubernetes"), await createCa("kubernetes")];
});

const caOf = (generation: number) => cas[generation - 1]!;

/** Makes a machine. Its certificates are those of the CA in use. */
async function machineIn(phase: readonly number[], fileOf: (used: KeyPair, others: string[]) => string): Promise<Machine> {
  const [used, ...others] = phase.map(caOf);
  const trusted = fileOf(
    used!,
    others.map(({ certificate }) => certificate),
  );
  return {
    trusted,
    server: await createServer(used!, { name: "web-1", hosts: ["web-1"], addresses: ["127.0.0.1"], days: 1 }),
    client: await createClient(used!, { user: "system:node:web-1", groups: ["system:nodes"], days: 1 }),
  };
}

/** Returns whether a client gets an answer from a server, each by its own files. */
async function reaches(client: Machine, server: Machine): Promise<boolean> {
  const listening = tls
    .createServer({ ca: server.trusted, cert: server.server.certificate, key: server.server.privateKey, requestCert: true })
    .on("secureConnection", (socket) => socket.end("answer"))
    .on("tlsClientError", () => {})
    .listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  try {
    return await new Promise((resolve) => {
      const { certificate: cert, privateKey: key } = client.client;
      tls
        .connect({ socket: connect(port, "127.0.0.1"), servername: "web-1", ca: client.trusted, cert, key })
        .on("data", (data) => resolve(data.toString() === "answer"))
        .on("error", () => resolve(false))
        .on("close", () => resolve(false));
    });
  } finally {
    listening.close();
  }
}

/** Returns, for each phase of a server, which phases of a client it serves. */
async function served(fileOf: (used: KeyPair, others: string[]) => string): Promise<number[][]> {
  const machines = await Promise.all(PHASES.map((phase) => machineIn(phase, fileOf)));
  const answers = await Promise.all(machines.map((server) => Promise.all(machines.map((client) => reaches(client, server)))));
  return answers.map((clients) => clients.flatMap((answered, phase) => (answered ? [phase] : [])));
}

/** While machines go from one phase to the next, each of them serves all, and no other one. */
const NEIGHBOURS = [
  [0, 1],
  [0, 1, 2],
  [1, 2, 3],
  [2, 3],
];

/** Returns a control plane's file with the CAs of the cluster. */
function clusterCaFile(used: KeyPair, others: string[]): string {
  const trusted = { clusterCas: others, frontProxyCas: [], serviceAccountKeys: [], encryptionKeys: [], etcdCas: [] };
  const files = controlPlaneFiles({
    cluster: clusterConfigurationArgs,
    cas: { cluster: used, frontProxy: used },
    etcd: { topology: "stacked", ca: used },
    serviceAccount: { publicKey: "public", privateKey: "private" },
    encryptionKey: "key",
    rotation: { clusterCa: { use: 2, trust: [2] } },
    trusted,
  });
  return files.find(({ path }) => path === "/etc/kubernetes/pki/ca.crt")!.content;
}

/** Returns a member's file with the CAs of Cilium's etcd. */
function ciliumEtcdCaFile(used: KeyPair, others: string[]): string {
  const certificates = { ca: bundle(used.certificate, others), server: used, peer: used };
  const files = memberFiles({ settings: {}, etcds: [{ instance: CILIUM_ETCD, certificates }] });
  return files.find(({ path }) => path.endsWith("cilium-etcd/ca.crt"))!.content;
}

it("lets machines of the cluster reach each other in each step of a rotation of its CA, and refuses the old one at the end", async () => {
  expect(await served(clusterCaFile)).toEqual(NEIGHBOURS);
});

it("does the same for Cilium's etcd", async () => {
  expect(await served(ciliumEtcdCaFile)).toEqual(NEIGHBOURS);
});

it("accepts clients of either CA while both are trusted, in whichever order, and none of the old one afterwards", async () => {
  const servers = await Promise.all(PHASES.map((phase) => machineIn(phase, clusterCaFile)));
  const clients = await Promise.all([1, 2].map((generation) => machineIn([generation], clusterCaFile)));
  const both = bundle(cas[0].certificate, [cas[1].certificate]);
  const accepted = await Promise.all(
    servers.map((server) => Promise.all(clients.map((client) => reaches({ ...client, trusted: both }, server)))),
  );
  expect(accepted).toEqual([
    [true, false],
    [true, true],
    [true, true],
    [false, true],
  ]);
});
