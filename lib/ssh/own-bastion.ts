import type { OwnBastionSettings, SshSettings } from "./settings.ts";

/** Returns the bastion of the cluster's own; `undefined` when there is none, or one that exists already. */
export function ownBastion({ bastion }: SshSettings = {}): OwnBastionSettings | undefined {
  return bastion && "machine" in bastion ? bastion : undefined;
}
