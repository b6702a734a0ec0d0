import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import * as pulumi from "@pulumi/pulumi";
import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { ConsoleLog } from "../../operations/machines/console-log.ts";
import { knownAbsence } from "../../operations/machines/found-machines.ts";
import { programCloud } from "../../operations/run/program-cloud.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";

/** Largest number of programs with the same key on this machine: a cluster's, and those of pools in stacks of their own. */
const MAX_PROGRAMS = 8;

/** Question of a fan-out. */
interface Question {
  about: "absence" | "keys";
  /** Id of a server; for a bastion, its address. */
  id: string;
}

/** Consoles by SSH key: the program answers questions about machines with that key. */
const consoles = new Map<string, ConsoleLog>();

/** Keys whose questions are answered in a run, by the run's connection to the engine. */
const keysByMonitor = new WeakMap<object, Set<string>>();

/**
 * Answers the questions of fan-outs: why a machine does not answer, and which host keys it shows on its console. Fan-outs are processes of
 * the engine (lib/scripts/ssh-program.mjs). Only processes with the private key can ask. The answers end with the program.
 */
export function answerFanOuts(privateKey: pulumi.Input<string>): void {
  const monitor = monitorWithHooks();
  if (pulumi.runtime.isDryRun() || !monitor) return;
  const choice = programCloud();
  const keys = keysByMonitor.get(monitor) ?? new Set();
  keysByMonitor.set(monitor, keys);
  pulumi.output(privateKey).apply((key) => {
    if (!keys.has(key)) serveAnswers(key, choice);
    keys.add(key);
  });
}

/** Answers questions of processes with a key. Each run gets new consoles: a request that an earlier run was refused may be allowed now. */
export function serveAnswers(key: string, choice: PluginSettings): void {
  const isServed = consoles.has(key);
  consoles.set(key, new ConsoleLog(choice));
  if (!isServed) listen(key, 0);
}

function listen(key: string, place: number): void {
  if (place === MAX_PROGRAMS) return;
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  const server = createServer((socket) => void serve(socket, key));
  // Systems without abstract sockets get no answers.
  server.on("error", ({ code }: NodeJS.ErrnoException) => code === "EADDRINUSE" && listen(key, place + 1));
  server.listen(`\0caravan-program-${name}-${place}`).unref();
}

async function serve(socket: Socket, key: string): Promise<void> {
  socket.on("error", () => {});
  for await (const line of createInterface({ input: socket })) {
    const answer = await answerTo(JSON.parse(line), key);
    socket.end(`${JSON.stringify(answer)}\n`);
    return;
  }
}

async function answerTo({ about, id }: Question, key: string): Promise<object> {
  if (about === "keys") return consoles.get(key)!.keysOf(id);
  const absence = knownAbsence(id);
  return absence === undefined ? {} : { absence };
}
