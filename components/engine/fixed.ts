import * as pulumi from "@pulumi/pulumi";
import { recordAgainHelp } from "../../lib/cluster/fixed-settings.ts";
import { Problems } from "../../lib/problems.ts";
import { stash } from "./remember.ts";

/** Records settings at the creation, and fails in later runs when a check finds a change that is not possible. */
export function refuseChanges<T>(
  name: string,
  subject: string,
  now: pulumi.Input<T>,
  check: (before: T, now: T, problems: Problems) => void,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<void> {
  const recorded = stash(name, () => now, opts);
  const checked = pulumi.all([recorded.output as pulumi.Output<T>, pulumi.output(now), recorded.urn]).apply(([before, wanted, urn]) => {
    const problems = new Problems();
    check(before as T, wanted as T, problems);
    problems.throwIfAny(subject, recordAgainHelp(urn));
  });
  // The result of the check is no secret, so that outputs that wait for it do not become secrets.
  return pulumi.unsecret(checked);
}
