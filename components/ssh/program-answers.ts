import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import * as pulumi from "@pulumi/pulumi";
import type { CloudChoice } from "../../clients/openstack/cloud-settings.ts";
import { ConsoleLog } from "../../operations/machines/console-log.ts";
import { knownAbsence } from "../../operations/machines/found-machines.ts";
import { programCloud } from "../../operations/run/program-cloud.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";

/** Programs on this machine that may have stacks with the same key at a time: a cluster's, and those of pools in stacks of their own. */
const PROGRAMS = 8;

/** A question of a fan-out. */
interface Question {
  about: "absence" | "keys";
  /** Id of a server; of one that others are reached through, its address. */
  id: string;
}

/** Consoles by the SSH keys for whose machines questions are answered. */
const consoles = new Map<string, ConsoleLog>();

/** Keys that are served in a run. */
const keysByMonitor = new WeakMap<object, Set<string>>();

/**
 * Answers what fan-outs ask, which are processes of the engine's (lib/scripts/ssh-program.mjs): why nobody answers on a machine, and which host
 * keys it shows on its console. Only who has the private key can ask. It ends with the program.
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

/** Answers those who have a key. What an earlier run of the same process was refused may be allowed by now, so each asks anew. */
export function serveAnswers(key: string, choice: CloudChoice): void {
  const isServed = consoles.has(key);
  consoles.set(key, new ConsoleLog(choice));
  if (!isServed) listen(key, 0);
}

function listen(key: string, place: number): void {
  if (place === PROGRAMS) return;
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  const server = createServer((socket) => void serve(socket, key));
  // Where there are no abstract sockets, nobody can ask.
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
