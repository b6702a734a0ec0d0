import { removeControlGroups } from "./control-groups.ts";
import { destroyNamespace } from "./namespace.ts";
import { releaseInstanceDisks, waitForStorageRelease } from "./storage.ts";

/** Ends all processes of the cloud, and with them its network, its mounts and its loop devices. */
export async function endNamespace(): Promise<void> {
  await releaseInstanceDisks();
  await destroyNamespace();
  await waitForStorageRelease();
  await removeControlGroups();
}
