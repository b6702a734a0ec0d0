import { CommandFailed, run } from "../support/run.ts";

/** Control groups of instances: libvirt's, those that an instance makes itself, and the whole cloud's on cgroup2 hosts. */
const ownGroups = ["*-instance-*.libvirt-lxc*", "*/instance.*", "*/caravan-devcloud*"];

/** Removes the empty control groups that killed instances leave behind. */
export async function removeControlGroups(): Promise<void> {
  const paths = ownGroups.flatMap((pattern) => ["-o", "-path", pattern]).slice(1);
  try {
    await run("find", ["/sys/fs/cgroup", "-depth", "-type", "d", "(", ...paths, ")", "-exec", "rmdir", "{}", "+"], { deadline: 60 });
  } catch (error) {
    // A group whose last process is just ending cannot be removed. The next `down` removes it.
    if (!(error instanceof CommandFailed)) throw error;
  }
}
