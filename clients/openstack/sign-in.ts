import { OpenStack, OpenStackError } from "./client.ts";
import { type CloudChoice, cloudSettings } from "./cloud-settings.ts";

/** Signs in to OpenStack. The error of a refusal names the cloud and what to check. */
export async function signIn(choice: CloudChoice = {}): Promise<OpenStack> {
  const settings = cloudSettings(choice);
  return OpenStack.connect(settings).catch((error) => {
    const name = choice.cloud ?? process.env.OS_CLOUD;
    const where = name ? `cloud "${name}" (${settings.authUrl})` : settings.authUrl;
    throw new Error(`OpenStack at ${where} cannot be used: ${reasonOf(error, settings.auth.token !== undefined)}`, { cause: error });
  });
}

function reasonOf(error: unknown, byToken: boolean): string {
  if (!(error instanceof OpenStackError))
    return `${error instanceof Error ? error.message : error}; is it the right address, and open from here?`;
  const isRefused = error.status === 401 || error.status === 404;
  if (isRefused && byToken) return `it does not accept the token, which may have expired (${error.message}); get a new one`;
  if (isRefused) return `it does not accept the credentials (${error.message}); look at those in clouds.yaml or in OS_*`;
  return error.message;
}
