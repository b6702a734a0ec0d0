import * as pulumi from "@pulumi/pulumi";
import { beginRun, type Run, type RunOptions } from "../run/run.ts";
import { lookForOrphans, type Orphan, type OrphanSearch, removalLine, type Serving } from "./orphans.ts";

export interface RemoveOrphansOptions extends RunOptions, Pick<OrphanSearch, "settleSeconds" | "skipsCheckpoints"> {
  /** Ids of orphans that are removed although they are in use. @default the comma-separated ids in CARAVAN_REMOVE_SERVING */
  removeServing?: readonly string[];
}

/** Error about orphans that are in use. Pulumi shows it without a stack trace. */
export class OrphansServe extends pulumi.RunError {
  readonly serving: readonly Serving[];

  constructor(serving: readonly Serving[]) {
    const ids = serving.map(({ id }) => id).join(",");
    super(
      `the stack's state does not have objects that are in use, so nothing was changed:\n${linesOf(serving)}\n` +
        "  Repair an old state by `pulumi stack import` of the right one, or by `pulumi import` of each object.\n" +
        `  To remove the objects all the same (drain a Node before), run again with CARAVAN_REMOVE_SERVING=${ids}`,
    );
    this.serving = serving;
  }
}

/**
 * Removes the objects that an interrupted or failed run of Pulumi left in OpenStack. Call it inside of a program, under the stack's lock,
 * before resources are registered. In a preview, which holds no lock, it only lists what it would remove. Objects in use are an error
 * unless their ids are given.
 */
export async function removeOrphans(options: RemoveOrphansOptions = {}): Promise<Orphan[]> {
  return removeOrphansOf(beginRun(options, "removeOrphans"), options);
}

/** The same removal as one of the steps of prepareRun. */
export async function removeOrphansOf(run: Run, options: RemoveOrphansOptions): Promise<Orphan[]> {
  const { removeServing = idsIn(process.env.CARAVAN_REMOVE_SERVING), ...rest } = options;
  const state = await run.state();
  const { found, serving, remove } = await lookForOrphans({ ...rest, removeServing, state, readSecrets: run.secrets, connect: run.cloud });
  if (pulumi.runtime.isDryRun()) {
    await announce(found, serving);
    return [];
  }
  if (serving.length > 0) throw new OrphansServe(serving);
  return remove((orphan) => void pulumi.log.info(`removing ${removalLine(orphan)}`));
}

async function announce(found: readonly Orphan[], serving: readonly Serving[]): Promise<void> {
  for (const orphan of found) await pulumi.log.info(`would remove ${removalLine(orphan)}`);
  if (serving.length > 0)
    await pulumi.log.warn(`the stack's state does not have objects that are in use, and the run would stop:\n${linesOf(serving)}`);
}

function linesOf(serving: readonly Serving[]): string {
  return serving.map(({ kind, name, id, reason }) => `  ${kind} ${name} (${id}): ${reason}`).join("\n");
}

function idsIn(text = ""): string[] {
  return text.split(",").flatMap((id) => id.trim() || []);
}
