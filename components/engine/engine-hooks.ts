import * as pulumi from "@pulumi/pulumi";

/** A connection to an engine that knows hooks; none in Pulumi's mocks, and behind a language host that is older than hooks are. */
export function monitorWithHooks(): object | undefined {
  const monitor = pulumi.runtime.getMonitor();
  return typeof monitor?.registerErrorHook === "function" && !isBehindOldHost(process.env) ? monitor : undefined;
}

/** Whether a language host stands between program and engine that passes on what it knows alone; later ones name the project's folder. */
function isBehindOldHost({ PULUMI_NODEJS_SYNC, PULUMI_NODEJS_ROOT_DIRECTORY }: NodeJS.ProcessEnv): boolean {
  return PULUMI_NODEJS_SYNC !== undefined && PULUMI_NODEJS_ROOT_DIRECTORY === undefined;
}
