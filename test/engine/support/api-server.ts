import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithParent } from "../../../devcloud/openstack/namespace.ts";
import { run } from "../../../devcloud/support/run.ts";
import { provide } from "../../../devcloud/toolchain/provide.ts";
import { freePort } from "../../support/free-port.ts";

/** Real kube-apiserver with its own etcd on 127.0.0.1, without nodes, and with only the given controllers. */
export class ApiServer {
  readonly dir: string;
  readonly kubeconfig: string;
  readonly #processes: ChildProcess[];

  private constructor(dir: string, kubeconfig: string, processes: ChildProcess[]) {
    this.dir = dir;
    this.kubeconfig = kubeconfig;
    this.#processes = processes;
  }

  /** @param flags further flags of kube-apiserver */
  static async start(controllers: readonly string[] = [], flags: readonly string[] = []): Promise<ApiServer> {
    const tools = await provide(["etcd", "kubernetes"]);
    const dir = await mkdtemp(join(tmpdir(), "api-server-"));
    const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
    await makeCertificates(dir);
    const etcd = startLogged(dir, join(tools.etcd, "etcd"), [
      "--unsafe-no-fsync",
      `--data-dir=${dir}/etcd`,
      `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
      `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    ]);
    const apiServer = startLogged(dir, join(tools.kubernetes, "kube-apiserver"), [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      "--bind-address=127.0.0.1",
      // Else it looks for a default route, which a network namespace has not. Nobody uses this address.
      "--advertise-address=192.0.2.1",
      `--secure-port=${port}`,
      `--tls-cert-file=${dir}/server.crt`,
      `--tls-private-key-file=${dir}/server.key`,
      `--client-ca-file=${dir}/ca.crt`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.0.0.0/24",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${dir}/server.crt`,
      `--service-account-signing-key-file=${dir}/server.key`,
      "--disable-admission-plugins=ServiceAccount",
      ...flags,
    ]);
    const server = new ApiServer(dir, await kubeconfig(dir, port), [apiServer, etcd]);
    try {
      await writeFile(join(dir, "kubeconfig"), server.kubeconfig);
      await server.#ready(port);
      if (controllers.length > 0) server.#startControllers(join(tools.kubernetes, "kube-controller-manager"), controllers);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Runs kubectl as administrator. */
  async kubectl(...args: string[]): Promise<string> {
    const { kubernetes } = await provide(["kubernetes"]);
    return run(join(kubernetes, "kubectl"), [`--kubeconfig=${this.dir}/kubeconfig`, ...args], { deadline: 20 });
  }

  async stop(): Promise<void> {
    for (const process of this.#processes) {
      if (process.exitCode !== null || process.signalCode !== null) continue;
      process.kill("SIGKILL"); // its data is deleted anyway
      await once(process, "exit");
    }
    await rm(this.dir, { recursive: true, force: true });
  }

  #startControllers(program: string, controllers: readonly string[]): void {
    const kubeconfig = `--kubeconfig=${this.dir}/kubeconfig`;
    const args = [kubeconfig, `--controllers=${controllers.join()}`, "--leader-elect=false", "--secure-port=0"];
    this.#processes.unshift(startLogged(this.dir, program, args));
  }

  async #ready(port: number): Promise<void> {
    const curl = [
      "--silent",
      "--fail",
      "--cacert",
      `${this.dir}/ca.crt`,
      "--cert",
      `${this.dir}/admin.crt`,
      "--key",
      `${this.dir}/admin.key`,
    ];
    const deadline = Date.now() + 60_000;
    for (;;) {
      const namespace = `https://127.0.0.1:${port}/api/v1/namespaces/default`;
      if (await run("curl", [...curl, namespace], { deadline: 5 }).catch(() => false)) return;
      if (Date.now() > deadline || this.#processes.some((process) => process.exitCode !== null))
        throw new Error(`kube-apiserver did not start:\n${(await readFile(join(this.dir, "log"), "utf8")).slice(-1000)}`);
      await sleep(100);
    }
  }
}

/** Starts a process that ends with this one, because a test that times out while it waits for the API server does not stop it. */
function startLogged(dir: string, program: string, args: string[]): ChildProcess {
  const log = openSync(join(dir, "log"), "a");
  const [first, ...others] = [...endWithParent, program, ...args];
  const child = spawn(first!, others, { stdio: ["ignore", log, log] });
  closeSync(log);
  return child;
}

async function makeCertificates(dir: string): Promise<void> {
  const openssl = (...args: string[]) => run("openssl", args, { deadline: 10, cwd: dir });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca");
  const signed = (name: string, subject: string, ...extensions: string[]) =>
    openssl(
      "req",
      "-x509",
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      ...newKey,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.crt`,
      "-subj",
      subject,
      ...extensions,
    );
  await signed("server", "/CN=server", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE");
  await signed(
    "admin",
    "/O=system:masters/CN=admin",
    "-addext",
    "extendedKeyUsage=clientAuth",
    "-addext",
    "basicConstraints=critical,CA:FALSE",
  );
}

async function kubeconfig(dir: string, port: number): Promise<string> {
  const data = (file: string) => readFile(join(dir, file), "base64");
  return `apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: admin } }]
clusters: [{ name: test, cluster: { server: "https://127.0.0.1:${port}", certificate-authority-data: ${await data("ca.crt")} } }]
users: [{ name: admin, user: { client-certificate-data: ${await data("admin.crt")}, client-key-data: ${await data("admin.key")} } }]
`;
}
