import * as pulumi from "@pulumi/pulumi";
import { recordAgainHelp } from "../../lib/cluster/fixed-settings.ts";
import { checkCa, checkSameCa } from "../../lib/pki/ca.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { Problems } from "../../lib/problems.ts";
import { stash } from "../engine/remember.ts";

/** Checks a CA that is given as a plain value, before anything is created. */
export function checkGivenCa(property: string, given: pulumi.Input<KeyPair> | true | undefined, problems: Problems): void {
  if (typeof given === "object" && "certificate" in given && !pulumi.Output.isInstance(given)) checkCa(property, given, problems);
}

/** Returns a given CA as a secret. A certificate and key that cannot be a CA are an error. */
export function checkedCa(subject: string, property: string, given: pulumi.Input<KeyPair>): pulumi.Output<KeyPair> {
  return pulumi.secret(given).apply((pair) => {
    const problems = new Problems();
    checkCa(property, pair, problems);
    problems.throwIfAny(subject);
    return pair;
  });
}

/** Records a CA, made here or given. Another given CA is refused later, because certificates of the first one are in use. */
export function keptCa(
  name: string,
  property: string,
  make: () => Promise<KeyPair>,
  given: pulumi.Input<KeyPair> | undefined,
  opts: pulumi.CustomResourceOptions,
): { stash: pulumi.Stash; ca: pulumi.Output<KeyPair> } {
  const subject = `CAs "${name}"`;
  const checked = given === undefined ? undefined : checkedCa(subject, property, given);
  const recorded = stash(name, () => checked ?? make(), opts);
  const kept = recorded.output as pulumi.Output<KeyPair>;
  if (!checked) return { stash: recorded, ca: kept };
  const ca = pulumi.all([kept, checked, recorded.urn]).apply(([before, now, urn]) => {
    const problems = new Problems();
    checkSameCa(property, before.certificate, now.certificate, problems);
    problems.throwIfAny(subject, recordAgainHelp(urn));
    return before;
  });
  return { stash: recorded, ca };
}
