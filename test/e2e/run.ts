import { up } from "../../devcloud/openstack/up.ts";
import { finish, runTests } from "../checks.ts";

/** `npm run e2e [-- FILE ...]`: real clusters on devcloud, one scenario a file. */
await up();
finish([runTests("e2e", "vitest.e2e.config.ts", process.argv.slice(2))]);
