import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { endWithParent, insideNamespace } from "../../../devcloud/openstack/namespace.ts";
import { PACKAGES_URL, type PackageRepository } from "../../../devcloud/package-repository/provide.ts";

/** Serves apt repositories in the cloud's network, until its end or that of this process. */
export async function servePackages({ dir }: PackageRepository): Promise<{ end: () => void }> {
  const { hostname, port } = new URL(PACKAGES_URL);
  const serve = ["python3", "-m", "http.server", port, "--bind", hostname, "--directory", dir];
  const [program, ...args] = [...endWithParent, ...insideNamespace(serve)];
  const server = spawn(program!, args, { stdio: "ignore" });
  await untilServed();
  return { end: () => server.kill() };
}

async function untilServed(): Promise<void> {
  const deadline = Date.now() + 30_000;
  const get = () => onDevcloud(["curl", "--silent", "--fail", `${PACKAGES_URL}/debian/InRelease`], { deadline: 30 });
  for (;;) {
    const reason = await get().then(
      () => undefined,
      (error: Error) => error,
    );
    if (reason === undefined) return;
    if (Date.now() > deadline) throw reason;
    await setTimeout(500);
  }
}
