import { OpenStack, OpenStackError } from "./client.ts";
import { cloudSettings } from "./cloud-settings.ts";
import type { PluginSettings } from "./plugin-settings.ts";
import type { Say } from "./requests.ts";

/** Signs in to OpenStack. The error of a refusal names the cloud and what to check. */
export async function signIn(choice: PluginSettings = {}, say: Say = () => {}): Promise<OpenStack> {
  const settings = cloudSettings(choice);
  return OpenStack.connect(settings, say).catch((error) => {
    const name = choice.cloud ?? process.env.OS_CLOUD;
    const where = name ? `cloud "${name}" (${settings.authUrl})` : settings.authUrl;
    throw new Error(`OpenStack at ${where} cannot be used: ${reasonOf(error, settings.auth.token !== undefined)}`, { cause: error });
  });
}

function reasonOf(error: unknown, byToken: boolean): string {
  if (error instanceof OpenStackError) return reasonOfRefusal(error, byToken);
  const { message, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOTFOUND") return `its host name does not exist (${message}); correct auth_url in clouds.yaml or OS_AUTH_URL`;
  return cause === undefined ? message : `${message}; is it the right address, and open from here?`;
}

function reasonOfRefusal(error: OpenStackError, byToken: boolean): string {
  const isRefused = error.status === 401 || error.status === 404;
  if (isRefused && byToken) return `it does not accept the token, which may have expired (${error.message}); get a new one`;
  if (isRefused) return `it does not accept the credentials (${error.message}); look at those in clouds.yaml or in OS_*`;
  return error.message;
}
