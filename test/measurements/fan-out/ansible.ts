import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { run } from "../../../devcloud/support/run.ts";
import { providePythonEnvironment } from "../python-environment.ts";
import type { Contender } from "./contender.ts";
import type { Machines } from "./machines.ts";

/** Concurrency limit of Ansible. */
const FORKS = 50;

/** Seconds for all machines. */
const DEADLINE = 3600;

/** Method by which Ansible runs a script. */
interface Method {
  name: string;
  task: (file: string, script: string) => object;
  /** Settings of connections beside Ansible's own defaults, among which are ControlMaster and ControlPersist. */
  connection?: string[];
}

const HOST = "{{ inventory_hostname }}";

const METHODS: readonly Method[] = [
  {
    name: "script",
    task: (file) => ({ "ansible.builtin.script": { cmd: file }, environment: { NODE_NAME: HOST } }),
  },
  {
    // Ansible's fastest method: one command over SSH, nothing copied, no Python on the machine.
    name: "raw",
    task: (_, script) => ({ "ansible.builtin.raw": `export NODE_NAME=${HOST}\n${script}`, args: { executable: "/bin/bash" } }),
    connection: ["pipelining = True"],
  },
];

/**
 * Installs Ansible from PyPI, with the named methods. Call it where the package registries can be reached.
 * @throws Error about names other than "script" and "raw"
 */
export async function provideAnsible(names: readonly string[]): Promise<Contender[]> {
  const methods = names.map(methodNamed);
  const programs = await providePythonEnvironment("ansible", join(import.meta.dirname, "requirements.txt"));
  return methods.map((method) => ansible(programs, method));
}

function methodNamed(name: string): Method {
  const method = METHODS.find((each) => each.name === name);
  if (!method) throw new Error(`--ansible ${name} is unknown; use ${METHODS.map((each) => each.name).join(", ")}`);
  return method;
}

function ansible(programs: string, method: Method): Contender {
  let dir: string | undefined;
  return {
    title: `ansible ${method.name}`,
    async run(machines, script) {
      dir = mkdtempSync(join(tmpdir(), "a-"));
      writeProject(dir, method, machines, script);
      const env = { ANSIBLE_CONFIG: join(dir, "ansible.cfg"), ANSIBLE_HOME: join(dir, "home"), LC_ALL: "C.UTF-8" };
      const log = join(dir, "log");
      await run(join(programs, "ansible-playbook"), ["play.yaml"], { cwd: dir, env, deadline: DEADLINE, log });
    },
    async end() {
      if (!dir) return;
      await endMasters(join(dir, "control"));
      rmSync(dir, { recursive: true });
    },
  };
}

function writeProject(dir: string, { task, connection = [] }: Method, { hosts, port, privateKey }: Machines, script: string): void {
  const file = (name: string) => join(dir, name);
  mkdirSync(file("control"));
  writeFileSync(file("key"), privateKey, { mode: 0o600 });
  writeFileSync(file("known_hosts"), hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join(""));
  writeFileSync(file("inventory"), hosts.map(({ name, address }) => `${name} ansible_host=${address}\n`).join(""));
  writeFileSync(file("join.sh"), `#!/bin/bash\n${script}`);
  writeFileSync(file("play.yaml"), stringify([{ hosts: "all", gather_facts: false, tasks: [task(file("join.sh"), script)] }]));
  const settings = [
    "[defaults]",
    `inventory = ${file("inventory")}`,
    `forks = ${FORKS}`,
    "remote_user = root",
    `remote_port = ${port}`,
    `private_key_file = ${file("key")}`,
    `remote_tmp = ${file("remote")}`,
    "[ssh_connection]",
    `control_path_dir = ${file("control")}`,
    `ssh_extra_args = -o UserKnownHostsFile=${file("known_hosts")} -o StrictHostKeyChecking=yes`,
    ...connection,
  ];
  writeFileSync(file("ansible.cfg"), `${settings.join("\n")}\n`);
}

/** Ends the connections that ControlPersist keeps open for a minute. */
async function endMasters(controlDir: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
    const masters = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLineOf(pid).includes(controlDir));
    if (masters.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${masters.length} SSH connections of Ansible's do not end`);
    for (const pid of masters) process.kill(Number(pid));
  }
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}
