import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ADDER,
  ADMINISTRATOR,
  makeS3Access,
  S3_BUCKET,
  S3_REGION,
  type S3Account,
  s3Command,
  s3Environment,
} from "../../../devcloud/s3/access.ts";
import { type S3Store, s3Request } from "../../../devcloud/s3/request.ts";
import { setUpS3 } from "../../../devcloud/s3/set-up.ts";
import { recipeKey, toolDir } from "../../../devcloud/toolchain/recipe.ts";
import { freePort } from "../../support/free-port.ts";

// The store itself, on loopback, once the toolchain has it.
const program = join(toolDir("versitygw"), recipeKey("versitygw"), "versitygw");
const isThere = existsSync(program);

let folder: string;
let store: S3Store;
let server: ChildProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-"));
  if (!isThere) return;
  await makeS3Access(folder);
  const address = `127.0.0.1:${await freePort()}`;
  const [command, ...args] = s3Command(program, folder, address);
  server = spawn(command!, args, { env: { ...process.env, ...s3Environment }, stdio: "ignore" });
  store = { url: `https://${address}`, ca: await readFile(join(folder, "ca.crt"), "utf8") };
  await untilAnswering();
  await setUpS3(store);
});

afterAll(async () => {
  if (server?.kill()) await once(server, "exit");
  await rm(folder, { recursive: true });
});

async function untilAnswering(): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await s3Request(store, ADMINISTRATOR, "GET", "/");
      return;
    } catch (error) {
      if (Date.now() > deadline || server.exitCode !== null) throw error;
      await setTimeout(100);
    }
  }
}

async function statusOf(account: S3Account, method: string, path: string, body?: string): Promise<number> {
  return (await s3Request(store, account, method, path, body)).status;
}

it.skipIf(!isThere)("takes objects from the account that adds, and lets it do nothing else", async () => {
  const object = `/${S3_BUCKET}/demo/first`;
  expect(await statusOf(ADDER, "PUT", object, "one")).toBe(200);
  const refused = [
    ["GET", object],
    ["HEAD", object],
    ["DELETE", object],
    ["GET", `${object}?acl`],
    ["GET", `${object}?tagging`],
    ["GET", `/${S3_BUCKET}`],
    ["GET", `/${S3_BUCKET}?list-type=2`],
    ["GET", `/${S3_BUCKET}?versions`],
    ["GET", `/${S3_BUCKET}?policy`],
    ["DELETE", `/${S3_BUCKET}?policy`],
    ["PUT", `/${S3_BUCKET}?policy`],
    ["DELETE", `/${S3_BUCKET}`],
    ["PUT", "/another"],
  ] as const;
  const statuses = await Promise.all(refused.map(async ([method, path]) => [method, path, await statusOf(ADDER, method, path)]));
  expect(statuses).toEqual(refused.map(([method, path]) => [method, path, 403]));
  expect(await s3Request(store, ADMINISTRATOR, "GET", object)).toEqual({ status: 200, text: "one" });
});

it.skipIf(!isThere)("keeps what that account writes over, for the administrator", async () => {
  const object = `/${S3_BUCKET}/demo/again`;
  for (const text of ["first", "second"]) expect(await statusOf(ADDER, "PUT", object, text)).toBe(200);
  const { text } = await s3Request(store, ADMINISTRATOR, "GET", `/${S3_BUCKET}?versions&prefix=demo/again`);
  const versions = [...text.matchAll(/<VersionId>([^<]+)<\/VersionId>/g)].map(([, id]) => id!);
  const contents = versions.map((id) => s3Request(store, ADMINISTRATOR, "GET", `${object}?versionId=${id}`));
  expect((await Promise.all(contents)).map((answer) => answer.text).sort()).toEqual(["first", "second"]);
});

it.skipIf(!isThere)("refuses an unknown key, a wrong one, and requests without a signature", async () => {
  const path = `/${S3_BUCKET}/demo/other`;
  expect(await statusOf({ ...ADDER, secretKey: "wrong" }, "PUT", path, "x")).toBe(403);
  expect(await statusOf({ accessKey: "nobody", secretKey: "wrong" }, "PUT", path, "x")).toBe(403);
  expect(curl(`${store.url}${path}`, "", "x")).toBe("403");
});

it.skipIf(!isThere)("is set up once more without a change", async () => {
  await setUpS3(store);
  expect(await statusOf(ADDER, "PUT", `/${S3_BUCKET}/demo/later`, "x")).toBe(200);
});

it.skipIf(!isThere)("takes objects from the curl of a machine", async () => {
  const signing = `user = "${ADDER.accessKey}:${ADDER.secretKey}"\naws-sigv4 = "aws:amz:${S3_REGION}:s3"\nheader = "x-amz-content-sha256: UNSIGNED-PAYLOAD"\n`;
  expect(curl(`${store.url}/${S3_BUCKET}/demo/curl`, signing, "by curl")).toBe("200");
  expect(await s3Request(store, ADMINISTRATOR, "GET", `/${S3_BUCKET}/demo/curl`)).toEqual({ status: 200, text: "by curl" });
});

/** Puts a text by curl, whose secrets come on its standard input, and returns the status. */
function curl(url: string, configuration: string, body: string): string {
  const words = ["--silent", "--noproxy", "*", "--cacert", join(folder, "ca.crt"), "--write-out", "%{http_code}", "--output", "/dev/null"];
  const args = [...words, "--config", "-", "--request", "PUT", "--data-binary", body, url];
  return spawnSync("curl", args, { input: configuration, encoding: "utf8", timeout: 20_000 }).stdout;
}
