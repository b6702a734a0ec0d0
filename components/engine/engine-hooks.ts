import * as pulumi from "@pulumi/pulumi";

/** Returns the connection to an engine with hooks; `undefined` in Pulumi's mocks, and behind a language host that is older than hooks. */
export function monitorWithHooks(): object | undefined {
  const monitor = pulumi.runtime.getMonitor();
  return typeof monitor?.registerErrorHook === "function" && !isBehindOldHost(process.env) ? monitor : undefined;
}

/** Returns whether a language host stands between program and engine that drops unknown requests. Later hosts name the project's folder. */
function isBehindOldHost({ PULUMI_NODEJS_SYNC, PULUMI_NODEJS_ROOT_DIRECTORY }: NodeJS.ProcessEnv): boolean {
  return PULUMI_NODEJS_SYNC !== undefined && PULUMI_NODEJS_ROOT_DIRECTORY === undefined;
}
