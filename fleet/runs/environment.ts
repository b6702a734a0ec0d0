/** Names of variables that a Secret may set: credentials of OpenStack, state, secrets and proxies. Others, like NODE_OPTIONS, could run anything. */
const ALLOWED = /^(OS|PULUMI|AWS|AZURE|ARM|GOOGLE|CARAVAN)_[A-Z0-9_]+$|^(HTTPS?|NO)_PROXY$/;

/** Variable with the names of the secret ones, for the process that takes them out of all texts. */
export const SECRET_NAMES = "CARAVAN_FLEET_SECRET_NAMES";

/** Makes the variables of a run from the data of its Secret. */
export function environmentIn(secret: string, data: Readonly<Record<string, string>>): Record<string, string> {
  const refused = Object.keys(data).filter((name) => !ALLOWED.test(name) || name.startsWith("CARAVAN_FLEET_"));
  if (refused.length > 0)
    throw new Error(
      `Secret ${secret} has keys that are no variables of a run: ${refused.join(", ")}; use OS_*, PULUMI_*, AWS_*, AZURE_*, ARM_*, GOOGLE_*, CARAVAN_* and proxies`,
    );
  const values = Object.entries(data).map(([name, value]) => [name, Buffer.from(value, "base64").toString()] as const);
  return { ...Object.fromEntries(values), [SECRET_NAMES]: Object.keys(data).join() };
}

/** Returns the secret values in the variables of a run's process. */
export function secretsIn(environment: Readonly<Record<string, string | undefined>>): string[] {
  const names = (environment[SECRET_NAMES] ?? "").split(",").filter((name) => isSecret(name));
  return names.flatMap((name) => environment[name] ?? []);
}

/** Returns whether a variable's value is no plain setting, which messages need: a URL, a region, the name of a project. */
function isSecret(name: string): boolean {
  return /PASS|SECRET|TOKEN|KEY|CREDENTIAL|PROXY|BACKEND/.test(name);
}
