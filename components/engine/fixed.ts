import * as pulumi from "@pulumi/pulumi";
import { recordAgainHelp } from "../../lib/cluster/fixed-settings.ts";
import { Problems } from "../../lib/problems.ts";
import { stash } from "./remember.ts";

/** Remembers what something is made with, and fails when a check finds that it is to change what it cannot. */
export function refuseChanges<T>(
  name: string,
  subject: string,
  now: pulumi.Input<T>,
  check: (before: T, now: T, problems: Problems) => void,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<void> {
  const noted = stash(name, () => now, opts);
  const checked = pulumi.all([noted.output as pulumi.Output<T>, pulumi.output(now), noted.urn]).apply(([before, wanted, urn]) => {
    const problems = new Problems();
    check(before as T, wanted as T, problems);
    problems.throwIfAny(subject, recordAgainHelp(urn));
  });
  // That nothing has changed is no secret, and makes nothing one that waits for it.
  return pulumi.unsecret(checked);
}
