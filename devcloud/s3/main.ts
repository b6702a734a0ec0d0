/** Program that runs inside the cloud's network and sets up the object store: `main.ts FOLDER`, the folder with its CA. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { S3_URL } from "./access.ts";
import { setUpS3 } from "./set-up.ts";

await setUpS3({ url: S3_URL, ca: await readFile(join(process.argv[2]!, "ca.crt"), "utf8") });
