import * as pulumi from "@pulumi/pulumi";
import { recordAgainHelp } from "../../lib/cluster/fixed-settings.ts";
import { checkCa, checkSameCa } from "../../lib/pki/ca.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { Problems } from "../../lib/problems.ts";
import { stash } from "../engine/remember.ts";

/** Notes what is wrong with a CA that is given in plain, before anything is made. */
export function checkGivenCa(property: string, given: pulumi.Input<KeyPair> | true | undefined, problems: Problems): void {
  if (typeof given === "object" && "certificate" in given && !pulumi.Output.isInstance(given)) checkCa(property, given, problems);
}

/** A CA that is given, a secret; one that cannot be a CA goes no further. */
export function soundCa(subject: string, property: string, given: pulumi.Input<KeyPair>): pulumi.Output<KeyPair> {
  return pulumi.secret(given).apply((pair) => {
    const problems = new Problems();
    checkCa(property, pair, problems);
    problems.throwIfAny(subject);
    return pair;
  });
}

/** A CA that is made once or given, and never another one: what it has signed is out in the world. */
export function keptCa(
  name: string,
  property: string,
  make: () => Promise<KeyPair>,
  given: pulumi.Input<KeyPair> | undefined,
  opts: pulumi.CustomResourceOptions,
): { noted: pulumi.Stash; ca: pulumi.Output<KeyPair> } {
  const subject = `CAs "${name}"`;
  const sound = given === undefined ? undefined : soundCa(subject, property, given);
  const noted = stash(name, () => sound ?? make(), opts);
  const kept = noted.output as pulumi.Output<KeyPair>;
  if (!sound) return { noted, ca: kept };
  const ca = pulumi.all([kept, sound, noted.urn]).apply(([before, now, urn]) => {
    const problems = new Problems();
    checkSameCa(property, before.certificate, now.certificate, problems);
    problems.throwIfAny(subject, recordAgainHelp(urn));
    return before;
  });
  return { noted, ca };
}
