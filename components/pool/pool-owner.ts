import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { remember } from "../engine/remember.ts";

/**
 * Makes the unique id of a pool, which differs even from pools of the same name in other stacks. It is made once and kept in the state. The
 * name of the cluster's record of the pool's nodes contains it.
 */
export function createOwner(pool: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return pulumi.unsecret(remember(`${pool}-owner`, () => randomBytes(5).toString("hex"), opts));
}
