import { createServer, type Server } from "node:net";
import { userInfo } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { serverUrn } from "../lib/machines/state-servers.ts";
import { absenceOf } from "../lib/machines/trouble.ts";
import type { Findings } from "../lib/machines.ts";
import { monitorWithHooks } from "./engine-hooks.ts";

/** What was found out about the machines of a stack at the beginning of a run. */
interface Found {
  triggers: Findings["triggers"];
  /** Why nobody answers on a machine, by its id. */
  absences: ReadonlyMap<string, string>;
}

/** A run has one connection to the engine. */
const foundByMonitor = new WeakMap<object, Found>();

/** What fan-outs are told, by project and stack: a program of the Automation API may run several, and each again and again. */
const noticesByStack = new Map<string, Server[]>();

/** Has the run take into account what was found out about the stack's machines. */
export function takeIntoAccount({ troubles, triggers }: Findings): void {
  const absences = new Map(troubles.map((trouble) => [trouble.id, absenceOf(trouble)]));
  foundByMonitor.set(pulumi.runtime.getMonitor()!, { triggers, absences });
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  for (const notice of noticesByStack.get(stack) ?? []) notice.close();
  const isRun = !pulumi.runtime.isDryRun();
  noticesByStack.set(stack, isRun ? [...absences].map(([id, absence]) => noticeOf(id, absence)) : []);
}

/** The option by which a component's server is made anew when the cloud has lost its machine; none when that was not found out. */
export function replacementTrigger(parent: pulumi.Resource, name: string): { replacementTrigger?: pulumi.Input<string> } {
  const found = foundInThisRun();
  if (!found) return {};
  // All have one: Pulumi makes nothing anew by the first.
  if (found.triggers.size === 0) return { replacementTrigger: "" };
  return { replacementTrigger: parent.urn.apply((urn) => found.triggers.get(serverUrn(urn, name)) ?? "") };
}

/** Hooks of a command on one machine, whose id is its trigger: it fails at once when that machine does not run. */
export function absenceHooks(): { hooks?: pulumi.ResourceHookBinding } {
  const found = foundInThisRun();
  const monitor = monitorWithHooks();
  if (!found || found.absences.size === 0 || !monitor) return {};
  const hook = hooksByMonitor.get(monitor) ?? new pulumi.ResourceHook("caravan-absence", refuseAbsent);
  hooksByMonitor.set(monitor, hook);
  return { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } };
}

const hooksByMonitor = new WeakMap<object, pulumi.ResourceHook>();

function refuseAbsent({ newInputs }: pulumi.ResourceHookArgs): void {
  const [id = ""] = ((newInputs as { triggers?: string[] } | undefined)?.triggers ?? []) as string[];
  const absence = foundInThisRun()?.absences.get(id);
  if (absence) throw new Error(`its machine (${id}) is not there: ${absence}`);
}

/** Tells fan-outs, which are processes of the engine's, that nobody will answer (lib/scripts/ssh-absence.mjs); it ends with this process. */
function noticeOf(id: string, absence: string): Server {
  const server = createServer((socket) => socket.on("error", () => {}).end(absence));
  // Where there are no abstract sockets, they wait.
  return server
    .on("error", () => {})
    .listen(`\0caravan-absence-${userInfo().uid}-${id}`)
    .unref();
}

function foundInThisRun(): Found | undefined {
  const monitor = pulumi.runtime.getMonitor();
  return monitor && foundByMonitor.get(monitor);
}
