import * as pulumi from "@pulumi/pulumi";
import { isNearly, nearestName } from "../nearest-name.ts";
import { Problems } from "../problems.ts";

/** The library's own namespace, which a configuration may bring along from another project. */
const OWN = "caravan";

/** Namespaces that others read. */
const OTHERS = ["openstack", "kubernetes", "command", "pulumi"];

/** Variables of the environment that the library reads. */
const VARIABLES = ["CARAVAN_SSH_LOGINS", "CARAVAN_REMOVE_SERVING"];

/**
 * Throws one error that names every key of the stack's configuration that nobody reads, each with the nearest that the program does
 * read: a setting that is not read means its default, which may be that there is nothing. It must run before anything else.
 * @param settings names that the program reads in its project's namespace
 */
export function checkConfig(settings: readonly string[]): void {
  const problems = new Problems();
  checkConfigKeys(Object.keys(pulumi.runtime.allConfig()), pulumi.getProject(), settings, problems);
  checkVariables(Object.keys(process.env), problems);
  problems.throwIfAny(`the configuration of stack "${pulumi.getStack()}"`);
}

/** Notes keys of a project's namespace that are none of its settings, and keys whose namespace is nearly one that is read. */
export function checkConfigKeys(keys: readonly string[], project: string, settings: readonly string[], problems: Problems): void {
  for (const key of keys) {
    const colon = key.indexOf(":");
    const [namespace, name] = [key.slice(0, colon), key.slice(colon + 1)];
    const meant = meantNamespace(namespace, project);
    if (meant === project && !(namespace === project && settings.includes(name))) problems.add(key, adviceOn(key, name, project, settings));
    else if (meant !== namespace) problems.add(key, `is read by nobody; use "${meant}:${name}", or remove it${removal(key)}`);
  }
}

/** Notes variables of the environment that are nearly one of the library's. */
export function checkVariables(names: readonly string[], problems: Problems): void {
  for (const name of names) {
    const meant = VARIABLES.find((variable) => isNearly(name, variable));
    if (meant) problems.add(name, `is a variable that nobody reads; use ${meant}, or unset it`);
  }
}

/** The namespace that was meant by another, which may be the same. */
function meantNamespace(namespace: string, project: string): string {
  if (namespace === project || OTHERS.includes(namespace)) return namespace;
  if (namespace === OWN || isNearly(namespace, project) || isNearly(namespace, OWN) || namespace.startsWith(`${project}-`)) return project;
  return OTHERS.find((other) => isNearly(namespace, other)) ?? namespace;
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
