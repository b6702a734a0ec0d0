import { it } from "vitest";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { run } from "../../../devcloud/support/run.ts";

/** Addresses of the machines in volumes.scenario.ts, which SSH must reach. */
const RANGE = "10.77.0.0/24";

it("changes volumes and flavors of members and workers, in a network namespace with hollow machines", async () => {
  const command = ["test/e2e/support/run-in-namespace.ts", "test/e2e/more/volumes.scenario.ts", RANGE];
  await run(process.execPath, command, { cwd: repositoryDir, deadline: 800, live: true });
});
