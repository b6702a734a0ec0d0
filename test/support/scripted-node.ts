import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { nodeScript } from "../../lib/node/scripts.ts";
import { shellAssignments } from "../../lib/node/shell.ts";

/** Commands that would change a machine, or would need one that does not exist. They are recorded instead. */
const RECORDED = [
  "apt-cache",
  "apt-get",
  "apt-mark",
  "containerd",
  "curl",
  "dpkg",
  "dpkg-query",
  "gpg",
  "kubeadm",
  "kubectl",
  "kubelet",
  "modprobe",
  "pkill",
  "swapoff",
  "sysctl",
  "systemctl",
];

/** Stubs of a machine that can be a node. */
export const suitable = `
uname() { if [[ $* == -r ]]; then echo 6.1.0-28-amd64; else echo 'Linux x86_64'; fi; }
has_systemd() { true; }
has_cgroup_v2() { true; }
kernel_has_overlay() { true; }
used_disk() { echo 40; }
systemctl() { [[ $1 != is-active ]] && record systemctl "$@"; }
date() { echo $((CLOCK + SECONDS)); }
`;

/** Input of the preparation of a machine that has all that it needs, with its clock. */
export const preparation = {
  KUBERNETES_VERSION: "1.36.3",
  PACKAGE_REPOSITORY: "https://packages.example.com/v1.36/",
  PACKAGE_KEY: "0123456789ABCDEF0123456789ABCDEF01234567",
  CGROUP_DRIVER: "systemd",
  IGNORED_CHECKS: "",
  CLOCK: "1000000",
  IMAGE_REPOSITORY: "",
  REGISTRY_CREDENTIALS: "",
  USER_FILES: "",
  SOFTWARE_FILES: "",
  PREPARATION: "digest",
};

/** Stubs of a machine that has and runs the wanted version of Kubernetes. */
export const current = `
kubeadm_version() { echo "v$KUBERNETES_VERSION"; }
kubelet_version() { echo "Kubernetes v$KUBERNETES_VERSION"; }
serves_version() { true; }
`;

/** Preparation that a machine has had, for the scripts of roles. */
export const PREPARED = { PREPARATION: "done" } as const;

export interface ScriptResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Folder that stands for a machine. Scripts for nodes run on it in a real bash. */
export class ScriptedNode {
  readonly folder = mkdtempSync(join(tmpdir(), "node-"));
  readonly facts: Record<string, string> = { NODE_NAME: "web-1", NODE_ADDRESS: "10.40.0.20", INSTANCE_ID: "id-1" };
  readonly #bash: readonly [string, ...string[]];

  /** @param wrapper command that runs bash, like nsenter with its options */
  constructor(wrapper: readonly string[] = []) {
    this.write("var/lib/caravan/prepared", `${PREPARED.PREPARATION}\n`);
    const [first = "bash", ...rest] = [...wrapper, "bash"];
    this.#bash = [first, ...rest];
  }

  /** Runs one of the scripts for nodes. `stubs` are bash functions that replace commands. */
  runNodeScript(name: Parameters<typeof nodeScript>[0], variables: Record<string, string> = {}, stubs = ""): ScriptResult {
    const script = nodeScript(name);
    const entry = script.lastIndexOf("\n");
    return this.run(script.slice(0, entry), script.slice(entry + 1), variables, stubs);
  }

  /** Runs a call of a function that a script defines. */
  run(definitions: string, call: string, variables: Record<string, string> = {}, stubs = ""): ScriptResult {
    const recorders = RECORDED.map((name) => `${name}() { record ${name} "$@"; }`).join("\n");
    const record = `record() { echo "$*" >>'${this.folder}/calls'; }\ntimeout() { shift; "$@"; }`;
    const text = [definitions, record, recorders, stubs, call].join("\n");
    const input = shellAssignments({ ...PREPARED, ...this.facts, ...variables }) + this.#moved(text);
    const { status, stdout, stderr } = spawnSync(this.#bash[0], [...this.#bash.slice(1), "-c", 'eval "$(cat)"'], {
      input,
      encoding: "utf8",
      timeout: 20_000,
    });
    return { code: status, stdout, stderr: stderr.replaceAll(this.folder, "") };
  }

  /** Recorded commands, in order. */
  get calls(): string[] {
    const file = join(this.folder, "calls");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8").replaceAll(this.folder, "").split("\n").slice(0, -1);
  }

  write(path: string, content = ""): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  delete(path: string): void {
    rmSync(join(this.folder, path));
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Returns the permission bits of a file, like "600". */
  mode(path: string): string {
    return (statSync(join(this.folder, path)).mode & 0o777).toString(8);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Replaces the machine's paths in a script by paths in the folder. */
  #moved(script: string): string {
    return script.replaceAll(
      /(?<=[\s"'=<>(])\/(etc|run|var|proc\/sys|usr\/lib\/systemd|usr\/local\/lib\/caravan)\//g,
      `${this.folder}/$1/`,
    );
  }
}
