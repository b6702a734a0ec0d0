import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { run } from "../../../devcloud/support/run.ts";
import { enterNamespace } from "../../measurements/namespace.ts";

/**
 * `run-in-namespace.ts FILE RANGE`: runs a scenario's tests in a network namespace of their own, in which every address of the range is this
 * machine.
 */
const [file, range] = process.argv.slice(2);
if (file === undefined || range === undefined) throw new Error("usage: run-in-namespace.ts FILE RANGE");
await enterNamespace([range]);
const vitest = ["run", "--config", "test/e2e/support/scenario.config.ts", "--reporter=verbose", file];
await run("node_modules/.bin/vitest", vitest, { cwd: repositoryDir, deadline: 1200, live: true });
