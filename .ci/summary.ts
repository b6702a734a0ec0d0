import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, summarize } from "../test/checks.ts";

/** Prints what failed and the closing line of a run from the results that its checks left, and exits as it ended. */
const [, , folder = "", code = "1"] = process.argv;
const results = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Result);
process.exit(summarize(results, code === "0") ? 0 : 1);
