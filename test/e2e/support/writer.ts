import { spawn } from "node:child_process";
import { once } from "node:events";
import { devcloudEnvironment } from "../../../devcloud/environment.ts";
import { kubeconfigPath } from "../../../devcloud/kubectl.ts";
import { insideNamespace } from "../../../devcloud/openstack/namespace.ts";

/** Result of continuous writes to an API. */
export interface Writes {
  /** Names of the ConfigMaps that the API reported as written. */
  written: string[];
  /** Number of writes that were refused or not answered. */
  failed: number;
  /** Longest time between two successes, in seconds. */
  longestGap: number;
  /** Time of the success before that gap, in seconds since 1970. */
  gapFrom: number;
}

const SCRIPT = `
for ((i = 0; ; i++)); do
  if timeout 4 kubectl --request-timeout 3s create configmap "writer-$i" --from-literal=at="$i" >/dev/null 2>&1; then echo "$(date +%s%3N) writer-$i"; else echo "$(date +%s%3N)"; fi
  sleep 0.3
done`;

/** Writer that runs until it is stopped, or its scope ends. */
export interface Writer extends AsyncDisposable {
  stop(): Promise<Writes>;
}

/** Writes ConfigMaps to a stack's cluster, several a second. */
export async function startWriter(stackName: string): Promise<Writer> {
  const [program, ...args] = insideNamespace(["bash", "-c", SCRIPT]);
  const env = { ...process.env, ...(await devcloudEnvironment()), KUBECONFIG: kubeconfigPath(stackName) };
  const child = spawn(program!, args, { env, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const ended = once(child, "close");
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
    await ended;
    return summary(output.split("\n").slice(0, -1));
  };
  return {
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function summary(lines: readonly string[]): Writes {
  const attempts = lines.map((line) => line.split(" ") as [string, string?]);
  const written = attempts.filter(([, name]) => name !== undefined);
  const times = [attempts[0]!, ...written, attempts.at(-1)!].map(([time]) => Number(time));
  const gaps = times.slice(1).map((time, index) => (time - times[index]!) / 1000);
  const longestGap = Math.max(...gaps);
  const gapFrom = times[gaps.indexOf(longestGap)]! / 1000;
  return { written: written.map(([, name]) => name!), failed: attempts.length - written.length, longestGap, gapFrom };
}
