import * as pulumi from "@pulumi/pulumi";
import { isTypoOf, nearestName } from "../nearest-name.ts";
import { Problems } from "../problems.ts";

/** The library's own namespace. A configuration that was copied from another project may use it. */
const OWN = "caravan";

/** Namespaces of other readers of the configuration. */
const OTHERS = ["openstack", "kubernetes", "command", "pulumi"];

/** Environment variables that the library reads. */
const VARIABLES = ["CARAVAN_SSH_LOGINS", "CARAVAN_REMOVE_SERVING"];

/**
 * Checks the stack's configuration for keys that nobody reads, and throws one error that names each with the nearest key that the program
 * reads. Without this check, a misspelt setting would silently have its default, which may be none at all. Call it before everything else.
 * @param settings settings that the program reads in its project's namespace
 */
export function checkConfig(settings: readonly string[]): void {
  const problems = new Problems();
  checkConfigKeys(Object.keys(pulumi.runtime.allConfig()), pulumi.getProject(), settings, problems);
  checkVariables(Object.keys(process.env), problems);
  problems.throwIfAny(`the configuration of stack "${pulumi.getStack()}"`);
}

/** Checks for keys in a project's namespace that are no settings, and for keys whose namespace is a misspelt one. */
export function checkConfigKeys(keys: readonly string[], project: string, settings: readonly string[], problems: Problems): void {
  for (const key of keys) {
    const colon = key.indexOf(":");
    const [namespace, name] = [key.slice(0, colon), key.slice(colon + 1)];
    const meant = meantNamespace(namespace, project);
    if (meant === project && !(namespace === project && settings.includes(name))) problems.add(key, adviceOn(key, name, project, settings));
    else if (meant !== namespace) problems.add(key, `is read by nobody; use "${meant}:${name}", or remove it${removal(key)}`);
  }
}

/** Checks for environment variables that are misspelt variables of the library. */
export function checkVariables(names: readonly string[], problems: Problems): void {
  for (const name of names) {
    const meant = VARIABLES.find((variable) => isTypoOf(name, variable));
    if (meant) problems.add(name, `is a variable that nobody reads; use ${meant}, or unset it`);
  }
}

/** Returns the namespace that a given one means; a namespace that is not misspelt means itself. */
function meantNamespace(namespace: string, project: string): string {
  if (namespace === project || OTHERS.includes(namespace)) return namespace;
  if (namespace === OWN || isTypoOf(namespace, project) || isTypoOf(namespace, OWN) || namespace.startsWith(`${project}-`)) return project;
  return OTHERS.find((other) => isTypoOf(namespace, other)) ?? namespace;
}

function adviceOn(key: string, name: string, project: string, settings: readonly string[]): string {
  const [first = ""] = name.split(/[.[]/);
  const setting = settings.includes(first) ? first : nearestName(first, settings);
  if (first !== name && setting !== undefined) {
    const path = `${project}:${setting}${name.slice(first.length)}`;
    return `is a path, which is read only if it was set as one; use \`pulumi config set --path '${path}' VALUE\`, and remove it${removal(key)}`;
  }
  const advice = setting === undefined ? `the program reads ${settings.join(", ")}; correct it` : `use "${project}:${setting}"`;
  return `is no setting of this program; ${advice}, or remove it${removal(key)}`;
}

function removal(key: string): string {
  return ` with \`pulumi config rm '${key}'\``;
}
