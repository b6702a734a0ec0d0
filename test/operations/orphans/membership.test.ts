import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCa, createClient, createServer as createServerPair } from "../../../lib/pki/certificates.ts";
import { kubeconfig } from "../../../lib/pki/kubeconfig.ts";
import { KINDS } from "../../../operations/orphans/kinds.ts";
import type { Listed } from "../../../operations/orphans/matching.ts";
import { membershipJudge } from "../../../operations/orphans/membership.ts";
import type { StackState, StateResource } from "../../../operations/state/stack-state.ts";
import { TYPES } from "../../../operations/state/types.ts";
import { MADE } from "../../support/fake-openstack.ts";
import { resource, stateOf, urnOf } from "../../support/stack-state.ts";

/** Time after the state was written, beyond the tolerance of clocks. */
const LATER = "2026-11-27T12:20:00Z";

const STARTED: StateResource = {
  urn: "urn:pulumi:demo::caravan::command:remote:Command::demo-0-kubeadm",
  type: "command:remote:Command",
  parent: urnOf("ControlPlane", "demo-control-plane"),
};

function ask(state: StackState, object: Partial<Listed>, { isPending = false, urn = urnOf("NodePool", "demo") } = {}) {
  return askWith(state, async () => Promise.reject(new Error("not to be read")), object, { isPending, urn });
}

function askWith(state: StackState, read: () => Promise<StackState>, object: Partial<Listed>, create: { isPending: boolean; urn: string }) {
  const kind = KINDS.find(({ type }) => type === TYPES.server)!;
  const server = { id: "s1", name: "demo-0", status: "ACTIVE", created: MADE, ...object };
  return membershipJudge(state, read)({ kind, object: server, create: { type: kind.type, inputs: {}, ...create } });
}

describe("before a control plane has started", () => {
  it("a server belongs to no cluster when its creation is pending or it is older than the state", async () => {
    expect(await ask(stateOf([]), { created: LATER }, { isPending: true })).toBeUndefined();
    expect(await ask(stateOf([]), {})).toBeUndefined();
  });

  it("a server that is younger than the state may belong to a cluster that the state does not know", async () => {
    const reason = "it was made after the state was written, and may be part of a cluster that the state does not know";
    expect(await ask(stateOf([]), { created: LATER })).toBe(reason);
    expect(await ask({ deployment: { resources: [] } }, {})).toBe(reason);
  });
});

describe("after a control plane has started", () => {
  let api: Server;
  let text: string;
  let state: StackState;
  let items: object[] = [];
  const questions: string[] = [];

  beforeEach(async () => {
    const ca = await createCa("kubernetes");
    const { certificate: cert, privateKey: key } = await createServerPair(ca, {
      name: "api",
      hosts: [],
      addresses: ["127.0.0.1"],
      days: 1,
    });
    const options = { cert, key, ca: ca.certificate, requestCert: true, rejectUnauthorized: true };
    questions.length = 0;
    api = createServer(options, (request, response) => {
      questions.push(String(request.url));
      const isFirst = !String(request.url).includes("continue");
      response.end(JSON.stringify(isFirst ? { items: [], metadata: { continue: "more" } } : { items, metadata: {} }));
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const client = await createClient(ca, { user: "kubernetes-admin", days: 1 });
    const server = `https://127.0.0.1:${(api.address() as AddressInfo).port}`;
    text = kubeconfig({ cluster: "demo", server, ca: ca.certificate, user: "kubernetes-admin", client });
    const secret = (plain: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b4706", plaintext: JSON.stringify(plain) });
    state = stateOf([
      resource("Stash", "demo-pki-cluster", { id: "a", outputs: { output: secret(ca) } }),
      { urn: "urn::cluster", type: "caravan:index:KubernetesCluster", outputs: { kubeconfig: secret(text) } },
      {
        urn: "urn::other",
        type: "pulumi:providers:kubernetes",
        inputs: { kubeconfig: secret("clusters: [{cluster: {server: 'https://192.0.2.1'}}]") },
      },
      STARTED,
    ]);
  });
  afterEach(() => {
    api.closeAllConnections();
    api.close();
  });

  const judged = (object: Partial<Listed> = {}, urn = urnOf("NodePool", "demo")) =>
    askWith(state, async () => state, object, { isPending: true, urn });

  it("a server is in use when it is a Node, by its id or name, and no other is", async () => {
    items = [{ metadata: { name: "n" }, spec: { providerID: "openstack:///s1" } }, { metadata: { name: "demo-2" } }];
    expect(await judged()).toBe("it is the Node n of the cluster");
    expect(questions).toEqual(["/api/v1/nodes?limit=250", "/api/v1/nodes?limit=250&continue=more"]);
    expect(await judged({ id: "s2", name: "demo-2" })).toBe("it is the Node demo-2 of the cluster");
    expect(await judged({ id: "s3", name: "demo-3" })).toBeUndefined();
  });

  it("an etcd member may be a voter, unless its server was never active", async () => {
    items = [];
    const urn = urnOf("EtcdCluster", "demo-etcd");
    expect(await judged({}, urn)).toBe("it may be a voter of etcd");
    expect(await judged({ status: "BUILD" }, urn)).toBeUndefined();
    expect(await judged({ status: "ERROR" }, urn)).toBeUndefined();
  });

  it("any server counts as in use when the API does not answer, or the state has no kubeconfig", async () => {
    api.closeAllConnections();
    await new Promise((resolve) => api.close(resolve));
    expect(await judged()).toMatch(/^it may be a Node: the Kubernetes API cannot be asked \(connect ECONNREFUSED 127\.0\.0\.1:\d+\)$/);
    state = stateOf([STARTED]);
    expect(await judged()).toBe("it may be a Node: the state has no kubeconfig to ask with");
  });
});
