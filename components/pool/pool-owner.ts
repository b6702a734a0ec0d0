import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { stash } from "../engine/remember.ts";

/** Identity of a pool, which differs even from pools of the same name in other stacks. It is made once and kept in the state. */
export interface PoolOwner {
  /** Unique id. The name of the cluster's record of the pool's nodes contains it. */
  id: pulumi.Output<string>;
  /** Id of the resource that keeps it, for the metadata of the pool's servers. */
  mark: pulumi.Output<string>;
}

/** Makes the identity of a pool. */
export function createOwner(pool: string, opts: pulumi.CustomResourceOptions): PoolOwner {
  const kept = stash(`${pool}-owner`, () => randomBytes(5).toString("hex"), opts);
  return { id: pulumi.unsecret(kept.output as pulumi.Output<string>), mark: kept.id };
}
