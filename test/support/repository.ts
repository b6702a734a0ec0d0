import { join } from "node:path";

/** The checkout that this file belongs to. */
export const repositoryDir = join(import.meta.dirname, "..", "..");
