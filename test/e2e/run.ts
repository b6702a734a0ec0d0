import { finish, runTests } from "../checks.ts";
import { onCloud } from "./support/cloud.ts";

/**
 * `npm run e2e [-- --all
 * FILE ...]`: real clusters on devcloud, one scenario a file. Without --all, the scenarios in more/ are omitted, for which continuous
 * integration has no time.
 */
const args = process.argv.slice(2);
const files = args.filter((arg) => arg !== "--all");
const most = args.length === 0 ? ["--exclude", "test/e2e/more/**"] : [];
finish([await onCloud(() => runTests("e2e", "vitest.e2e.config.ts", [...files, ...most]))]);
