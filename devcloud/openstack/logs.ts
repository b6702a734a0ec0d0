import { services } from "./components/index.ts";
import { onThisTerminal } from "./interactive.ts";
import { logFile } from "./supervisor.ts";

/** Shows the end of one service's log or of all logs. With `follow`, it also shows new lines. */
export async function showLogs(name: string | undefined, follow: boolean): Promise<number> {
  const names = services.map((service) => service.name);
  if (name !== undefined && !names.includes(name)) throw new Error(`no service is called "${name}"; there are: ${names.join(", ")}`);
  const files = (name === undefined ? names : [name]).map(logFile);
  return onThisTerminal(["tail", `--lines=${name === undefined ? 5 : 100}`, ...(follow ? ["--follow=name", "--retry"] : []), ...files]);
}
