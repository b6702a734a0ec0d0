import { join } from "node:path";
import { installPackages } from "../devcloud/support/apt.ts";
import { cacheDir } from "../devcloud/support/paths.ts";
import { provide } from "../devcloud/toolchain/provide.ts";
import { checkWith, finish, runTests } from "./checks.ts";

/** `npm test`: lint, types, unit and engine tests, after the installation of all that they need. */
await installPackages(
  ["shellcheck", "openssh-server", "openssl", "fdisk", "keepalived", "iproute2", "procps", "python3"],
  join(cacheDir, "packages.log"),
);
await provide(["pulumi", "pulumi-resource-openstack", "kubernetes", "etcd", "helm"]);

finish([
  checkWith("lint", "biome", ["check", "--error-on-warnings"]),
  checkWith("types", "tsc", ["--noEmit"]),
  checkWith("structure", "depcruise", [
    "--config",
    ".dependency-cruiser.mjs",
    "lib",
    "clients",
    "operations",
    "commands",
    "components",
    "stacks",
    "examples",
    "fleet",
    "docs",
    "devcloud",
    "test",
  ]),
  runTests("unit", "vitest.config.ts", process.argv.slice(2)),
]);
