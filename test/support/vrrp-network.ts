import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Returns whether tests can run keepalived on this machine. Network namespaces require root. */
export function canHoldAddresses(): boolean {
  return spawnSync("sh", ["-c", "command -v keepalived python3 && unshare --net --mount true"]).status === 0;
}

const ATTACK = join(import.meta.dirname, "vrrp-attack.py");

/** Machines on one network, each in its own network namespace. Some of them run keepalived. */
export class VrrpNetwork {
  readonly #folder = mkdtempSync(join(tmpdir(), "vrrp-"));
  readonly #namespace: ChildProcess;
  #first = "";

  private constructor() {
    const script =
      "mount -t tmpfs tmpfs /run && ip link add network type bridge && ip link set network up && echo entered && exec sleep infinity";
    const inside = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script];
    this.#namespace = spawn("unshare", inside, { stdio: ["ignore", "pipe", "inherit"] });
  }

  static async create(machines: Readonly<Record<string, string>>): Promise<VrrpNetwork> {
    const network = new VrrpNetwork();
    await once(network.#namespace.stdout!, "data");
    // unshare itself stays outside of the PID namespace that it creates.
    network.#first = execFileSync("pgrep", ["--parent", String(network.#namespace.pid)], { encoding: "utf8" }).trim();
    for (const [name, address] of Object.entries(machines)) network.#attach(name, address);
    return network;
  }

  /** Starts keepalived on a machine with the text of its configuration. */
  start(machine: string, configuration: string): void {
    const file = join(this.#folder, machine);
    writeFileSync(file, configuration, { mode: 0o600 });
    const pids = ["--pid", `/run/${machine}.pid`, "--vrrp_pid", `/run/${machine}-vrrp.pid`];
    this.#inside([
      "sh",
      "-c",
      `ip netns exec ${machine} keepalived --dont-fork --vrrp --log-console --log-detail --use-file ${file} ${pids.join(" ")} >${file}.log 2>&1 &`,
    ]);
  }

  /** Ends keepalived on a machine like a power failure, without a message to the others. */
  kill(machine: string): void {
    this.#inside(["sh", "-c", `kill -9 $(cat /run/${machine}.pid /run/${machine}-vrrp.pid)`]);
    this.#on(machine, ["ip", "link", "set", "eth0", "down"]);
  }

  /** Returns keepalived's log of a machine. */
  log(machine: string): string {
    return readFileSync(join(this.#folder, `${machine}.log`), "utf8");
  }

  /** Lists the machines that have an address now. */
  #holders(address: string, machines: readonly string[]): string[] {
    return machines.filter((machine) => this.#on(machine, ["ip", "-oneline", "-4", "address"]).includes(` ${address}/`));
  }

  /** Waits until exactly one machine has had an address for two seconds. Two that start at the same time may both have it for a moment. */
  async holder(address: string, machines: readonly string[]): Promise<string> {
    for (let left = 300, before = "", seen = 0; left > 0; left -= 1) {
      const now = this.#holders(address, machines).join(" ");
      seen = now === before ? seen + 1 : 0;
      before = now;
      if (seen >= 20 && machines.includes(now)) return now;
      await setTimeout(100);
    }
    throw new Error(`no machine alone holds ${address} after 30 s`);
  }

  /** Sends advertisements of the highest priority from a machine for some seconds. */
  async attack(machine: string, seconds: number, args: readonly string[]): Promise<void> {
    const enter = ["--target", this.#first, "--net", "--mount", "ip", "netns", "exec", machine];
    const attack = spawn("nsenter", [...enter, "python3", ATTACK, String(seconds), ...args], { stdio: ["ignore", "ignore", "inherit"] });
    const [code] = await once(attack, "exit");
    if (code !== 0) throw new Error(`the attack from ${machine} ended with ${code}`);
  }

  /** Removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#namespace.kill("SIGKILL");
    await once(this.#namespace, "exit");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #attach(name: string, address: string): void {
    const commands = [
      `ip netns add ${name}`,
      `ip link add port-${name} type veth peer name eth0 netns ${name}`,
      `ip link set port-${name} master network up`,
      `ip -n ${name} link set lo up`,
      `ip -n ${name} link set eth0 up`,
      `ip -n ${name} address add ${address}/16 dev eth0`,
      `ip -n ${name} route add default dev eth0`,
    ];
    this.#inside(["sh", "-ec", commands.join("\n")]);
  }

  #on(machine: string, command: readonly string[]): string {
    return this.#inside(["ip", "netns", "exec", machine, ...command]);
  }

  #inside(command: readonly string[]): string {
    const enter = ["--target", this.#first, "--net", "--mount", "--pid"];
    return execFileSync("nsenter", [...enter, ...command], { encoding: "utf8" });
  }
}
