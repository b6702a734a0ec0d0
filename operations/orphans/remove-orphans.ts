import * as pulumi from "@pulumi/pulumi";
import { beginRun, type Run, type RunOptions } from "../run/run.ts";
import { lookForOrphans, type Orphan, type OrphanSearch, removalLine, type Serving } from "./orphans.ts";

export interface RemoveOrphansOptions extends RunOptions, Pick<OrphanSearch, "settleSeconds" | "skipsCheckpoints"> {
  /** Ids of what is to be removed although it serves. @default those in the environment's CARAVAN_REMOVE_SERVING, with commas between */
  removeServing?: readonly string[];
}

/** What the state lacks is of use to somebody. Pulumi shows it without a stack. */
export class OrphansServe extends pulumi.RunError {
  readonly serving: readonly Serving[];

  constructor(serving: readonly Serving[]) {
    const ids = serving.map(({ id }) => id).join(",");
    super(
      `the stack's state lacks what serves, so nothing was changed:\n${linesOf(serving)}\n` +
        "  An old state is mended by `pulumi stack import` of the right one, or by `pulumi import` of each object.\n" +
        `  What is to go all the same (drain a Node before) is removed by the next run with CARAVAN_REMOVE_SERVING=${ids}`,
    );
    this.serving = serving;
  }
}

/**
 * Deletes what an interrupted or failed run of Pulumi left in OpenStack, before resources are registered. It works inside of a program,
 * under the stack's lock; in a preview, which has no lock, it lists what it would remove. Objects that serve are an error unless their ids are given.
 */
export async function removeOrphans(options: RemoveOrphansOptions = {}): Promise<Orphan[]> {
  return removeOrphansOf(beginRun(options, "removeOrphans"), options);
}

/** The same as one of several steps before a run. */
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
  if (serving.length > 0) await pulumi.log.warn(`the stack's state lacks what serves, and the run would stop:\n${linesOf(serving)}`);
}

function linesOf(serving: readonly Serving[]): string {
  return serving.map(({ kind, name, id, reason }) => `  ${kind} ${name} (${id}): ${reason}`).join("\n");
}

function idsIn(text = ""): string[] {
  return text.split(",").flatMap((id) => id.trim() || []);
}
