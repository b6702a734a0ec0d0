import { CommandFailed, run } from "../support/run.ts";

/** The groups of instances: those that libvirt makes, those that an instance makes for itself, and on cgroup2 hosts the whole cloud's. */
const ownGroups = ["*-instance-*.libvirt-lxc*", "*/instance.*", "*/caravan-devcloud*"];

/** Removes the empty control groups that killed instances leave behind. */
export async function removeControlGroups(): Promise<void> {
  const paths = ownGroups.flatMap((pattern) => ["-o", "-path", pattern]).slice(1);
  try {
    await run("find", ["/sys/fs/cgroup", "-depth", "-type", "d", "(", ...paths, ")", "-exec", "rmdir", "{}", "+"], { deadline: 60 });
  } catch (error) {
    // A group whose last process is just ending refuses; the next `down` finds it.
    if (!(error instanceof CommandFailed)) throw error;
  }
}
