import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeS3Access, S3_URL, s3Command, s3Environment } from "../../s3/access.ts";
import { dataDir } from "../../support/paths.ts";
import { provide } from "../../toolchain/provide.ts";
import { recipeKey, toolDir } from "../../toolchain/recipe.ts";
import type { OptionalComponent } from "../component.ts";

const folder = join(dataDir, "s3");
const program = join(toolDir("versitygw"), recipeKey("versitygw"), "versitygw");
const port = Number(new URL(S3_URL).port);

/** Certificate of the object store's CA. */
export const s3Ca = join(folder, "ca.crt");

/** Folder of the object store's buckets. */
export const s3Objects = join(folder, "objects");

/** Object store (S3) that machines reach, as a place for backups. */
export const s3: OptionalComponent = {
  packages: ["openssl"],
  folders: { s3: "root" },
  prepare: async () => {
    await provide(["versitygw"]);
    await makeS3Access(folder);
  },
  services: [{ name: "s3", stage: "s3", port, command: s3Command(program, folder, `:${port}`), environment: s3Environment }],
  completion: [[process.execPath, fileURLToPath(new URL("../../s3/main.ts", import.meta.url)), folder]],
};
