import { spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheDir } from "../../../devcloud/support/paths.ts";
import { controlPlaneFiles } from "../../../lib/control-plane/files.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { createCa, createServer, createServiceAccountKey } from "../../../lib/pki/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { clusterConfigurationArgs } from "../../support/kubeadm-args.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

/** kubeadm of each version that is there. No version is built for this test. */
const KUBEADMS = globSync("toolchain/kubernetes/*/kubeadm", { cwd: cacheDir }).map((path) => ({
  version: basename(dirname(path)).split("-")[0]!,
  executable: join(cacheDir, path),
}));

/**
 * kubeadm writes kubeconfigs to /etc/kubernetes alone. So it sees a copy of /etc in a namespace of its own, with the node's folder in it.
 */
const ENTER = 'mount --bind "$ETC_COPY" /etc && mount --bind "$NODE_ETC" /etc/kubernetes && exec "$@"';

const NAMES = [
  "admin.conf",
  ...["apiserver", "apiserver-kubelet-client", "front-proxy-client", "apiserver-etcd-client"].map((name) => `pki/${name}.crt`),
  ...["server", "peer", "healthcheck-client"].map((name) => `pki/etcd/${name}.crt`),
  "controller-manager.conf",
  "scheduler.conf",
];

/** Values of everything that the control plane's files contain. */
async function filesOf(folder: string) {
  const [cluster, frontProxy, etcd] = await Promise.all(["kubernetes", "front-proxy-ca", "etcd-ca"].map((name) => createCa(name)));
  const files = controlPlaneFiles({
    cluster: { ...clusterConfigurationArgs, certificateValidity: "10m" },
    cas: { cluster: cluster!, frontProxy: frontProxy! },
    etcd: { topology: "stacked", ca: etcd! },
    serviceAccount: await createServiceAccountKey(),
    encryptionKey: Buffer.alloc(32).toString("base64"),
  });
  return files.map((file) => ({
    ...file,
    content: file.content.replaceAll("/etc/kubernetes/caravan/patches", `${folder}/etc/kubernetes/caravan/patches`),
  }));
}

const canMount = spawnSync("unshare", ["--mount", "true"]).status === 0;

describe.skipIf(KUBEADMS.length === 0 || !canMount).each(KUBEADMS)("kubeadm $version", ({ executable }) => {
  const stubs = `
kubeadm() { ${executable} "$@"; }
maintenance_lease() { :; }
record_certificates() { :; }
is_healthy() { :; }
sleep() { :; }
running_pod() { md5sum <"/etc/kubernetes/manifests/$1.yaml"; }
due_certificates() { certificates; }`;
  const definitions = nodeScript("controlPlane").split("\n").slice(0, -1).join("\n");
  let node: ScriptedNode;
  beforeEach(async () => {
    node = new ScriptedNode(["unshare", "--mount", "sh", "-c", ENTER, "sh"]);
    process.env.ETC_COPY = join(node.folder, "etc-copy");
    process.env.NODE_ETC = join(node.folder, "etc/kubernetes");
    cpSync("/etc", process.env.ETC_COPY, { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(process.env.ETC_COPY, "kubernetes"), { recursive: true });
    for (const { path, content } of await filesOf(node.folder))
      if (path.startsWith("/etc/kubernetes/"))
        node.write(
          path.slice(1),
          content.replaceAll("@NODE_NAME@", "web-1").replaceAll("@NODE_ADDRESS@", "10.40.0.20").replaceAll("@INSTANCE_ID@", "id-1"),
        );
    const phases = ["certs all", "kubeconfig all", "control-plane all", "etcd local"];
    call(phases.map((phase) => `kubeadm init phase ${phase} --config "$SETTINGS/init.yaml"`).join(" && "));
  });
  afterEach(() => {
    delete process.env.ETC_COPY;
    delete process.env.NODE_ETC;
    node.remove();
  });

  const call = (line: string) => {
    const { code, stderr } = node.run(definitions, line, { FILES: "", FIRST_NODE: "web-1", PEERS: "" }, stubs);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  };

  /** Reads the certificates by file. */
  const certificates = () =>
    NAMES.map((name) => {
      const text = node.read(`etc/kubernetes/${name}`);
      const [, embedded] = /client-certificate-data: (\S+)/.exec(text) ?? [];
      return new X509Certificate(embedded ? Buffer.from(embedded, "base64") : text);
    });

  it("renews each certificate that the script knows, for the given validity and the same subject and names", () => {
    const before = certificates();
    call("renew_due_certificates 0");
    const after = certificates();
    for (const [place, certificate] of after.entries()) {
      expect(certificate.serialNumber).not.toBe(before[place]!.serialNumber);
      expect([certificate.subject, certificate.subjectAltName]).toEqual([before[place]!.subject, before[place]!.subjectAltName]);
      // kubeadm's certificates begin five minutes ago, or a little earlier.
      const minutes = (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / 60_000;
      expect(Math.round(minutes)).toBe(15);
    }
  });

  it("leaves the manifests as kubeadm writes them from then on, so that a later change of settings restarts nothing more", () => {
    call("due_certificates() { certificates | grep -e ^apiserver -e conf; }; renew_due_certificates 0");
    call("render_manifests");
    for (const component of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]) {
      const manifest = node.read(`etc/kubernetes/manifests/${component}.yaml`);
      expect(manifest).toContain("    caravan.dev/certificates: sha256-");
      expect(node.read(`run/caravan/manifests/${component}.yaml`)).toBe(manifest);
    }
    expect(node.read("etc/kubernetes/manifests/etcd.yaml")).not.toContain("caravan.dev/certificates");
  });
});

const ETCDS = globSync("toolchain/etcd/*/etcd", { cwd: cacheDir }).map((path) => ({
  version: basename(dirname(path)).split("-")[0]!,
  executable: join(cacheDir, path),
}));

describe.skipIf(ETCDS.length === 0).each(ETCDS)("etcd $version", ({ executable }) => {
  it("serves clients and members with a renewed certificate without a restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "etcd-"));
    const ca = await createCa("etcd-ca");
    const renew = async (name: string) => {
      const pair = await createServer(ca, { name, hosts: ["localhost"], addresses: ["127.0.0.1"], days: 1 });
      writeFileSync(join(folder, "server.crt"), pair.certificate);
      writeFileSync(join(folder, "server.key"), pair.privateKey);
    };
    const [client, peer] = [await freePort(), await freePort()];
    const served = async () => [await subjectAt(client), await subjectAt(peer)];
    await renew("before");
    const files = ["cert", "peer-cert"].map((flag) => `--${flag}-file=server.crt`);
    const keys = ["key", "peer-key"].map((flag) => `--${flag}-file=server.key`);
    const urls = {
      [`https://127.0.0.1:${client}`]: ["listen-client-urls", "advertise-client-urls"],
      [`https://127.0.0.1:${peer}`]: ["listen-peer-urls", "initial-advertise-peer-urls"],
    };
    const flags = Object.entries(urls).flatMap(([url, names]) => names.map((name) => `--${name}=${url}`));
    const own = ["--name=web", "--data-dir=data", `--initial-cluster=web=https://127.0.0.1:${peer}`];
    const etcd = spawn(executable, [...own, ...flags, ...files, ...keys], { cwd: folder, stdio: "ignore" });
    try {
      await expect.poll(served, { timeout: 40_000 }).toEqual(["before", "before"]);
      await renew("after");
      expect(await served()).toEqual(["after", "after"]);
    } finally {
      const ended = once(etcd, "close");
      etcd.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    }
  });
});

/** Returns the name in the certificate of a server; nothing while it does not answer. */
async function subjectAt(port: number): Promise<string | undefined> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerCertificate().subject.CN as string;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
