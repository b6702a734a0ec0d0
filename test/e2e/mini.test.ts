import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { onDevcloud } from "../../devcloud/environment.ts";
import { listNodes } from "../../devcloud/nodes.ts";
import { pulumi, type Stack, stackOutput } from "../../devcloud/stack.ts";
import { tools } from "../../devcloud/toolchain/tools.ts";
import { checkTraffic } from "../../devcloud/traffic.ts";
import { CIPHER_SUITES } from "../../lib/kubeadm/tls.ts";
import { BENCHMARK_ARGUMENTS, benchmarkArguments } from "./support/arguments.ts";
import { type Cluster, createCluster, destroy, failureOf, up } from "./support/cluster.ts";
import { inventory } from "./support/openstack.ts";
import { CONTROL_PLANE_FILES, NODE_FILES, tooPermissive } from "./support/permissions.ts";
import { instanceProcesses, watchCommandLines } from "./support/processes.ts";
import { sshOf, sshTo } from "./support/ssh.ts";

const METADATA = "169.254.169.254:80";
/** ConfigMap that kubeadm makes public where nodes join by tokens. */
const CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

let cluster: Cluster;
let before: Record<string, string[]>;
let processesBefore: string[];
let commandLines: string[];

beforeAll(async () => {
  before = await inventory();
  processesBefore = await instanceProcesses();
  const watch = watchCommandLines();
  cluster = await createCluster("e2e-mini", 3);
  commandLines = watch.stop();
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

describe("the mini stack", () => {
  it("has one control plane and two labelled workers of the requested version", async () => {
    const nodes = await listNodes(cluster.kubectl);
    expect(nodes.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{7}$/, ""))).toEqual([
      "e2e-mini-control-plane-0",
      "e2e-mini-default-0",
      "e2e-mini-default-1",
    ]);
    expect(nodes.map(({ status }) => status.nodeInfo.kubeletVersion)).toEqual(["v1.36.3", "v1.36.3", "v1.36.3"]);
    expect(nodes.map(({ metadata }) => metadata.labels["caravan.dev/pool"])).toEqual([undefined, "default", "default"]);
  });

  it("connects pods on different nodes through Services by DNS name", async () => {
    const workers = (await stackOutput<Record<string, { name: string }[]>>(cluster.stack, "pools")).default!;
    expect(await checkTraffic(cluster.kubectl)).toEqual(workers.map(({ name }) => name).sort());
  });

  it("answers logs and exec through verified kubelet certificates", async () => {
    const { kubectl } = cluster;
    const pod = (await kubectl(["-n", "kube-system", "get", "pods", "-l", "k8s-app=cilium", "-o", "name"])).split("\n")[0]!;
    expect(await kubectl(["-n", "kube-system", "logs", pod, "-c", "cilium-agent", "--tail=1"])).not.toBe("");
    expect(await kubectl(["-n", "kube-system", "exec", pod, "-c", "cilium-agent", "--", "cilium-dbg", "status", "--brief"])).toContain(
      "OK",
    );
  });

  it("encrypts Secrets in etcd and keeps an audit log", async () => {
    const { kubectl } = cluster;
    await kubectl(["create", "secret", "generic", "e2e", "--from-literal=word=in-the-clear"]);
    const etcd = "etcd-e2e-mini-control-plane-0";
    const pki = "/etc/kubernetes/pki/etcd";
    const stored = await kubectl([
      ...[
        "-n",
        "kube-system",
        "exec",
        etcd,
        "--",
        "etcdctl",
        `--cacert=${pki}/ca.crt`,
        `--cert=${pki}/server.crt`,
        `--key=${pki}/server.key`,
      ],
      ...["get", "/registry/secrets/default/e2e", "--print-value-only"],
    ]);
    expect(stored).toContain("k8s:enc:secretbox:v1:key1");
    expect(stored).not.toContain("in-the-clear");
  });

  it("runs its programs with the arguments that the CIS benchmark requires", async () => {
    expect(await benchmarkArguments(cluster.kubectl, "e2e-mini-control-plane-0")).toEqual(BENCHMARK_ARGUMENTS);
  });

  it("has no administrators but those with the administrator's certificate or the CA", async () => {
    const bindings = JSON.parse(await cluster.kubectl(["get", "clusterrolebindings", "-o", "json"])).items as Binding[];
    const administrators = bindings.filter(({ roleRef }) => roleRef.name === "cluster-admin").flatMap(({ subjects = [] }) => subjects);
    expect(administrators.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      "Group kubeadm:cluster-admins",
      "Group system:masters",
    ]);
  });

  it("keeps no bootstrap token", async () => {
    const tokens = ["-n", "kube-system", "get", "secrets", "--field-selector", "type=bootstrap.kubernetes.io/token", "-o", "name"];
    expect(await cluster.kubectl(tokens)).toBe("");
  });

  it("has machines with the names of their nodes", async () => {
    const { name, run } = await sshOf(cluster, "default");
    expect((await run("hostname; cat /var/lib/kubelet/kubeadm-flags.env")).split("\n")).toEqual([
      name,
      expect.not.stringContaining("--hostname-override"),
      "",
    ]);
  });

  it("answers anonymous requests only about its health", async () => {
    const endpoint = await stackOutput<string>(cluster.stack, "endpoint");
    const answers = await Promise.all(
      ["/readyz", "/livez", "/healthz", "/version", "/api", CLUSTER_INFO].map((path) => statusOf(endpoint + path)),
    );
    expect(answers).toEqual(["200", "200", "200", "401", "401", "401"]);
  });

  it("refuses pods that could control their host, except in the namespace of the cluster's own parts, and warns of less safe ones", async () => {
    const pod = (namespace: string, securityContext: object, options: string[] = []) => {
      const spec = { containers: [{ name: "c", image: "none", securityContext }] };
      return create({ kind: "Pod", metadata: { name: "e2e", namespace }, spec }, options);
    };
    expect(await failureOf(pod("default", { privileged: true }))).toContain('violates PodSecurity "baseline:latest": privileged');
    expect(await pod("kube-system", { privileged: true })).toBe("pod/e2e created (server dry run)\n");
    expect(await pod("default", {})).toBe("pod/e2e created (server dry run)\n");
    expect(await failureOf(pod("default", {}, ["--warnings-as-errors"]))).toContain('would violate PodSecurity "restricted:latest"');
  });

  it("refuses Services that claim foreign addresses", async () => {
    const spec = { ports: [{ port: 80 }], externalIPs: ["203.0.113.7"] };
    expect(await failureOf(create({ kind: "Service", metadata: { name: "e2e" }, spec }))).toContain("Use of external IPs is denied");
  });

  it("has kubelets that refuse anonymous requests and limit pods", async () => {
    const [node] = await listNodes(cluster.kubectl);
    const { kubeletconfig } = JSON.parse(await cluster.kubectl(["get", "--raw", `/api/v1/nodes/${node!.metadata.name}/proxy/configz`]));
    expect(kubeletconfig).toMatchObject({
      authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" } },
      authorization: { mode: "Webhook" },
      makeIPTablesUtilChains: true,
      eventRecordQPS: 50,
      streamingConnectionIdleTimeout: "4h0m0s",
      rotateCertificates: true,
      serverTLSBootstrap: true,
      tlsCipherSuites: CIPHER_SUITES,
      podPidsLimit: 4096,
      seccompDefault: true,
    });
    expect(kubeletconfig.readOnlyPort ?? 0).toBe(0);
  });

  it("lets only root read or change the files of its nodes, and leaves no super-administrator", async () => {
    const [controlPlane] = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
    const [first, worker] = [await sshTo(cluster, controlPlane!), await sshOf(cluster, "default")];
    expect(await tooPermissive(first, [...NODE_FILES, ...CONTROL_PLANE_FILES])).toEqual([]);
    expect(await tooPermissive(worker, NODE_FILES)).toEqual([]);
    expect(await first.run("ls /etc/kubernetes/*.conf")).not.toContain("super-admin.conf");
  });

  it("blocks only the cloud's metadata service for pods", async () => {
    const { kubectl } = cluster;
    const container = { name: "e2e", image: `registry.k8s.io/e2e-test-images/agnhost:${tools.agnhost.version}`, args: ["pause"] };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "metadata" }, spec: { containers: [container] } };
    await kubectl(["create", "-f", "-"], { input: JSON.stringify(pod) });
    await kubectl(["wait", "pod/metadata", "--for=condition=Ready", "--timeout=90s"]);
    const connect = (address: string) =>
      kubectl(["exec", "metadata", "--", "/agnhost", "connect", "--timeout=3s", address], { deadline: 30 });
    expect(await failureOf(connect(METADATA))).toContain("TIMEOUT");
    await connect("kubernetes.default.svc.cluster.local:443");
    // Without the policy, the service is reachable: so it is the policy that blocks it.
    const policy = await kubectl(["get", "ciliumclusterwidenetworkpolicy", "caravan-metadata", "-o", "json"]);
    await kubectl(["delete", "ciliumclusterwidenetworkpolicy", "caravan-metadata"]);
    await vi.waitFor(() => connect(METADATA), { timeout: 30_000, interval: 1000 });
    const { apiVersion, kind, metadata, spec } = JSON.parse(policy);
    const { name, labels, annotations } = metadata;
    await kubectl(["create", "-f", "-"], { input: JSON.stringify({ apiVersion, kind, metadata: { name, labels, annotations }, spec }) });
    await vi.waitFor(async () => expect(await failureOf(connect(METADATA))).toContain("TIMEOUT"), { timeout: 30_000, interval: 1000 });
    await kubectl(["delete", "pod", "metadata", "--wait=false"]);
  });

  it("has no changes in the next run", async () => {
    const { same, ...changes } = await up(cluster.stack);
    expect(changes).toEqual({});
    expect(same).toBeGreaterThan(30);
  });

  it("shows no secret in the state, in pulumi's output, in process arguments or in user data", async () => {
    const { stack } = cluster;
    const secrets = await secretsOf(stack);
    // Keys of four CAs and signers, of the administrator (also as base64 in a kubeconfig), of SSH and of the encryption.
    expect(secrets.length).toBeGreaterThanOrEqual(7);
    const places = {
      state: await pulumi(stack, ["stack", "export"], { deadline: 60 }),
      output: cluster.output,
      commandLines: commandLines.join("\n"),
      metadata: await (await sshOf(cluster, "default")).run(
        "curl -sf http://169.254.169.254/openstack/latest/user_data http://169.254.169.254/openstack/latest/meta_data.json",
      ),
    };
    expect(places.commandLines).toContain("kubeadm");
    for (const [place, text] of Object.entries(places)) {
      expect({ place, found: secrets.filter((secret) => text.includes(secret)) }).toEqual({ place, found: [] });
    }
  });

  it("leaves nothing when it is destroyed", async () => {
    await pulumi(cluster.stack, ["destroy", "--yes", "--skip-preview"], { deadline: 600 });
    expect(await inventory()).toEqual(before);
    expect(await instanceProcesses()).toEqual(processesBefore);
  });
});

interface Binding {
  roleRef: { name: string };
  subjects?: { kind: string; name: string }[];
}

/** Returns the API server's answer to the creation of an object. The object is not created. */
function create(object: object, options: readonly string[] = []): Promise<string> {
  const input = JSON.stringify({ apiVersion: "v1", ...object });
  return cluster.kubectl(["create", "--dry-run=server", ...options, "-f", "-"], { input });
}

/** Returns the status of the answer to a request without credentials. */
async function statusOf(url: string): Promise<string> {
  return onDevcloud(["curl", "--silent", "--insecure", "--output", "/dev/null", "--write-out", "%{http_code}", url], { deadline: 30 });
}

/** Lists parts of every private key and credential in a stack's state, long enough to be unique. */
async function secretsOf(stack: Stack): Promise<string[]> {
  const state = await pulumi(stack, ["stack", "export", "--show-secrets"], { deadline: 60 });
  const keys = [...state.matchAll(/PRIVATE KEY-----(?:\\+n)+([A-Za-z0-9+/=]{40,})/g)].map(([, line]) => line!);
  const clientKeys = [...state.matchAll(/client-key-data: ([A-Za-z0-9+/=]{40,})/g)].map(([, data]) => data!);
  const encryption = [...state.matchAll(/"([A-Za-z0-9+/]{43}=)/g)].map(([, key]) => key!);
  return [...new Set([...keys, ...clientKeys, ...encryption])];
}
