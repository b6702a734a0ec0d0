import { expect, it } from "vitest";
import { changesIn, type EngineEvent, errorsIn } from "../../../operations/engine/events.ts";
import { progressOf, stepLine } from "../../../operations/replacement/progress.ts";
import { urnOf } from "../../support/stack-state.ts";

const pre = (op: string, urn: string, id?: string): EngineEvent => ({
  resourcePreEvent: { metadata: { op, urn, ...(id ? { old: { id } } : {}) } },
});
const done = (op: string, urn: string): EngineEvent => ({ resOutputsEvent: { metadata: { op, urn } } });

it("finds what a run changes, by resource", () => {
  const events = [
    pre("same", "a"),
    pre("read", "b"),
    pre("create-replacement", "c"),
    pre("replace", "c", "1"),
    pre("delete-replaced", "c", "1"),
    pre("update", "d", "2"),
    done("update", "d"),
    pre("create", "e"),
  ];
  expect(changesIn(events)).toEqual([
    { urn: "c", ops: ["create-replacement", "delete-replaced", "replace"], id: "1" },
    { urn: "d", ops: ["update"], id: "2" },
    { urn: "e", ops: ["create"] },
  ]);
});

it("finds the errors that a run reported, each once", () => {
  const say = (severity: string, message: string): EngineEvent => ({ diagnosticEvent: { severity, message } });
  expect(errorsIn([say("error", "<{%reset%}>a\n"), say("error", "a"), say("warning", "b"), say("error", "<{%reset%}>"), {}])).toEqual([
    "a",
  ]);
});

it("tells the steps that have ended", () => {
  const lines: string[] = [];
  const listen = progressOf((step) => lines.push(stepLine(step)));
  const [server, port] = [urnOf("Instance", "demo-web-0"), urnOf("Port", "demo-web-0")];
  const commands = [
    "demo-web-contact-0",
    "demo-web-join-0",
    "demo-control-plane-0-kubeadm",
    "demo-etcd-0-etcd",
    "demo-etcd-members",
    "demo-other",
  ];
  const events = [
    ["create-replacement", port],
    ["create-replacement", server],
    ["replace", server],
    ...commands.map((name) => ["update", urnOf("Command", name)] as const),
    ["same", urnOf("Command", "demo-web-contact-1")],
    ["delete-replaced", server],
    ["delete-replaced", port],
  ] as const;
  for (const [op, urn] of events) for (const event of [pre(op, urn), done(op, urn)]) listen(event);
  listen(pre("update", "unfinished"));
  expect(lines).toEqual([
    "demo-web-0: new port made (0 s)",
    "demo-web-0: new server made (0 s)",
    "demo-web-contact-0: contacted (0 s)",
    "demo-web-join-0: new workers joined, and former ones drained and removed (0 s)",
    "demo-control-plane-0-kubeadm: control plane started (0 s)",
    "demo-etcd-0-etcd: member of etcd started (0 s)",
    "demo-etcd-members: former members removed (0 s)",
    "demo-other: command run (0 s)",
    "demo-web-0: old server deleted (0 s)",
    "demo-web-0: old port deleted (0 s)",
  ]);
});
