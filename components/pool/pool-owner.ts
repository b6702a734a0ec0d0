import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { remember } from "../engine/remember.ts";

/**
 * What tells a pool from any other, also from those of the same name in other stacks: made once and kept in the state. The cluster's
 * record of a pool's nodes is called by it.
 */
export function createOwner(pool: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return pulumi.unsecret(remember(`${pool}-owner`, () => randomBytes(5).toString("hex"), opts));
}
