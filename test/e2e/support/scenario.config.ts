import { repositoryDir } from "../../../devcloud/support/paths.ts";
import endToEnd from "../../../vitest.e2e.config.ts";

/** Settings of tests that run-in-namespace.ts runs. */
export default { root: repositoryDir, test: { ...endToEnd.test, include: ["test/e2e/**/*.scenario.ts"] } };
