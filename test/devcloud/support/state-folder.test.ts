import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { run } from "../../../devcloud/support/run.ts";
import { stateFolderUrl } from "../../../devcloud/support/state-folder.ts";
import { provide } from "../../../devcloud/toolchain/provide.ts";

it("holds only files that Pulumi replaces as a whole, so that no kill leaves a state which cannot be read", async () => {
  const { pulumi } = await provide(["pulumi"]);
  const dir = await mkdtemp(join(tmpdir(), "state-folder-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, "Pulumi.yaml"), "{ name: project, runtime: nodejs }");
  await mkdir(join(dir, "state"));
  const env = { PULUMI_BACKEND_URL: stateFolderUrl(join(dir, "state")), PULUMI_HOME: join(dir, "home"), PULUMI_CONFIG_PASSPHRASE: "test" };

  await run(join(pulumi, "pulumi"), ["stack", "init", "first", "--non-interactive"], { cwd: dir, env, deadline: 60 });

  const entries = await readdir(join(dir, "state"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(files.sort()).toEqual(["first.json", "first.json.bak", "meta.yaml"]);
});
