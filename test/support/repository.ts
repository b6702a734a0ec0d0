import { join } from "node:path";

/** Checkout that contains this file. */
export const repositoryDir = join(import.meta.dirname, "..", "..");
