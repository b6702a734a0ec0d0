import type * as pulumi from "@pulumi/pulumi";
import {
  CHANGE_BEGIN_SECONDS,
  CHANGE_END_SECONDS,
  type ChangeArgs,
  changeBeginInput,
  changeEndInput,
  LAST_SCRIPT,
  parallelChanges,
} from "../../lib/pool/change.ts";
import type { Rolling } from "../ssh/fan-out.ts";

/**
 * Returns how the nodes of a batch are changed few at a time.
 * @param owner id of the pool
 */
export function rolling({ size, ...args }: Omit<ChangeArgs, "owner"> & { size: number }, owner: pulumi.Output<string>): Rolling {
  return {
    parallel: parallelChanges(args.upgrade, size),
    begin: {
      script: "beginNodeChange",
      input: owner.apply((id) => changeBeginInput({ ...args, owner: id })),
      deadline: CHANGE_BEGIN_SECONDS,
    },
    end: { script: "endNodeChange", input: owner.apply((id) => changeEndInput({ ...args, owner: id })), deadline: CHANGE_END_SECONDS },
    last: { script: "lastScript", input: {}, ...LAST_SCRIPT },
  };
}
