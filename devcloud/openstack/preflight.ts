/** Facts about the machine that the cloud has requirements for. */
export interface MachineFacts {
  root: boolean;
  /** Name and version of the system, such as "debian 12". */
  system: string;
  cores: number;
  /** Bytes. */
  availableMemory: number;
  /** Bytes on the file system of the data folder. */
  freeDisk: number;
  /** Kernel features that failed their test, in words. */
  missingKernelFeatures: readonly string[];
}

const gibibyte = 1024 ** 3;
const minimum = { cores: 2, memory: 8 * gibibyte, disk: 20 * gibibyte };

/** Lists why the machine cannot run the cloud, each with a fix. The list is empty if it can. */
export function machineProblems(facts: MachineFacts): string[] {
  const problems: string[] = [];
  if (!facts.root) problems.push("not running as root, which namespaces and mounts need: run the same command with sudo or as root");
  if (facts.system !== "debian 12") {
    problems.push(
      `the system is "${facts.system}", and the OpenStack packages are those of "debian 12": use a Debian 12 (bookworm) machine`,
    );
  }
  if (facts.cores < minimum.cores) {
    problems.push(`${facts.cores} CPU core, needed are ${minimum.cores}: give the machine more, or the flavors with 2 CPUs fit nowhere`);
  }
  if (facts.availableMemory < minimum.memory) {
    problems.push(
      `${size(facts.availableMemory)} of memory available, needed are ${size(minimum.memory)}: stop other programs or add memory`,
    );
  }
  if (facts.freeDisk < minimum.disk) {
    problems.push(`${size(facts.freeDisk)} of disk free below /var/lib, needed are ${size(minimum.disk)}: remove files or add a disk`);
  }
  for (const feature of facts.missingKernelFeatures) {
    problems.push(`the kernel does not offer ${feature}: use a kernel with it, and in a container run it with --privileged`);
  }
  return problems;
}

/** Throws an error with every reason if the machine cannot run the cloud. */
export function requireCapableMachine(facts: MachineFacts): void {
  const problems = machineProblems(facts);
  if (problems.length > 0) throw new Error(["this machine cannot run devcloud:", ...problems].join("\n- "));
}

function size(bytes: number): string {
  return `${(bytes / gibibyte).toFixed(1)} GiB`;
}
