import { parseArgs } from "node:util";
import { POOLS } from "../api/resources.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import { apiOf } from "./api-of.ts";
import { API_OPTIONS, API_USAGE, type Command } from "./command.ts";

const HEADS = ["POOL", "SIZE", "READY", "COMING", "GIVEN", "DELETING", "MAX", "WAITING", "NOTE"];

/** `caravan-fleet pools`: lists the pools. */
export const pools: Command = {
  summary: "lists the pools, and what stands against them",
  usage: `caravan-fleet pools [options]

${API_USAGE}

exit code: 0 listed, 2 it failed`,
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: API_OPTIONS });
    const rows = (await apiOf(values).list<ClusterPool>(POOLS)).map(rowOf);
    const widths = HEADS.map((_, column) => Math.max(...[HEADS, ...rows].map((row) => row[column]!.length)));
    for (const row of [HEADS, ...rows])
      console.log(
        row
          .map((text, column) => text.padEnd(widths[column]!))
          .join("  ")
          .trimEnd(),
      );
    return 0;
  },
};

function rowOf({ metadata, spec, status }: ClusterPool): string[] {
  const { ready = 0, coming = 0, given = 0, deleting = 0, waiting = 0, pausedUntil, message = "" } = status ?? {};
  const pause = pausedUntil === undefined ? "" : `paused until ${pausedUntil}: `;
  const counts = [spec.size, ready, coming, given, deleting, spec.max, waiting].map(String);
  return [metadata.name, ...counts, `${pause}${message.split("\n")[0]}`];
}
