import { existsSync } from "node:fs";
import { mkdir, readFile, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { installPackages, missingPackages } from "../support/apt.ts";
import { dataDir } from "../support/paths.ts";
import { succeeds } from "../support/run.ts";
import type { MachineFacts } from "./preflight.ts";

const kernelModules = ["loop", "xfs", "veth", "vxlan", "bridge", "br_netfilter"];
const attempt = { deadline: 30 };

/** Finds the facts about the machine that the cloud's requirements are checked against. */
export async function readMachineFacts(): Promise<MachineFacts> {
  const root = process.getuid?.() === 0;
  const system = await readSystem();
  // Only root can test the kernel's features, and only Debian has the packages for these tests.
  const supported = root && system === "debian 12";
  return {
    root,
    system,
    cores: availableParallelism(),
    availableMemory: await readAvailableMemory(),
    freeDisk: await readFreeDisk(),
    missingKernelFeatures: supported ? await tryKernelFeatures() : [],
  };
}

async function readSystem(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(release)?.[1] ?? "?";
  return `${value("ID")} ${value("VERSION_ID")}`;
}

async function readAvailableMemory(): Promise<number> {
  const match = /^MemAvailable: *(\d+) kB/m.exec(await readFile("/proc/meminfo", "utf8"));
  return Number(match?.[1] ?? 0) * 1024;
}

async function readFreeDisk(): Promise<number> {
  const folder = existsSync(dataDir) ? dataDir : dirname(dataDir);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function tryKernelFeatures(): Promise<string[]> {
  const tools = await missingPackages(["iproute2", "kmod"]);
  if (tools.length > 0) {
    await mkdir(dataDir, { recursive: true });
    await installPackages(tools, `${dataDir}/apt.log`);
  }
  // Some kernels have these built in, not as modules. So the test is whether the feature works.
  await Promise.all(kernelModules.map((module) => succeeds("modprobe", [module], attempt)));
  const results = await Promise.all(Object.entries(featureTests).map(async ([feature, test]) => ((await test()) ? [] : [feature])));
  return results.flat();
}

const featureTests: Record<string, () => Promise<boolean>> = {
  "loop devices": () => succeeds("losetup", ["--find"], attempt),
  "network, mount and PID namespaces": () => succeeds("unshare", ["--net", "--mount", "--uts", "--pid", "--fork", "true"], attempt),
  "the XFS file system": async () => /\bxfs$/m.test(await readFile("/proc/filesystems", "utf8")),
  "veth interfaces": () => canAddLink("type", "veth"),
  "bridge interfaces": () => canAddLink("type", "bridge"),
  "VXLAN interfaces": () => canAddLink("type", "vxlan", "id", "1", "dstport", "4789"),
  "iptables on bridges (br_netfilter)": async () => existsSync("/proc/sys/net/bridge"),
};

function canAddLink(...kind: string[]): Promise<boolean> {
  return succeeds("unshare", ["--net", "ip", "link", "add", "attempt", ...kind], attempt);
}
