import * as pulumi from "@pulumi/pulumi";
import { recordAgainHelp } from "../../lib/cluster/fixed-settings.ts";
import { checkAuthority, checkSameAuthority } from "../../lib/pki/authority.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { Problems } from "../../lib/problems.ts";
import { stash } from "../engine/remember.ts";

/** Notes what is wrong with an authority that is given in plain, before anything is made. */
export function checkGivenAuthority(property: string, given: pulumi.Input<KeyPair> | true | undefined, problems: Problems): void {
  if (typeof given === "object" && "certificate" in given && !pulumi.Output.isInstance(given)) checkAuthority(property, given, problems);
}

/** An authority that is given, a secret; one that cannot be an authority goes no further. */
export function soundAuthority(subject: string, property: string, given: pulumi.Input<KeyPair>): pulumi.Output<KeyPair> {
  return pulumi.secret(given).apply((pair) => {
    const problems = new Problems();
    checkAuthority(property, pair, problems);
    problems.throwIfAny(subject);
    return pair;
  });
}

/** An authority that is made once or given, and never another one: what it has signed is out in the world. */
export function keptAuthority(
  name: string,
  property: string,
  make: () => Promise<KeyPair>,
  given: pulumi.Input<KeyPair> | undefined,
  opts: pulumi.CustomResourceOptions,
): { noted: pulumi.Stash; authority: pulumi.Output<KeyPair> } {
  const subject = `authorities "${name}"`;
  const sound = given === undefined ? undefined : soundAuthority(subject, property, given);
  const noted = stash(name, () => sound ?? make(), opts);
  const kept = noted.output as pulumi.Output<KeyPair>;
  if (!sound) return { noted, authority: kept };
  const authority = pulumi.all([kept, sound, noted.urn]).apply(([before, now, urn]) => {
    const problems = new Problems();
    checkSameAuthority(property, before.certificate, now.certificate, problems);
    problems.throwIfAny(subject, recordAgainHelp(urn));
    return before;
  });
  return { noted, authority };
}
