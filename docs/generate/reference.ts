import type { Declaration, Property } from "./declarations.ts";
import { ruleText } from "./rules/rules.ts";
import { mentioned } from "./types.ts";

const HEAD = `# Configuration

<!-- Generated from the types in lib/ by \`npm run docs\`. -->

The properties of a cluster, the same in a program (\`new KubernetesCluster("demo", { ... })\`) and in a stack's configuration
(\`caravan:NAME\` in \`stacks/Pulumi.STACK.yaml\`). A stack has one more: \`caravan:name\`, the name of the cluster, by default the stack's name.

In a program, a property of type \`Input<string>\` may be an \`Output\` of another resource. A property without a default is required.
The last column has the rules beyond type and bounds. All problems of a configuration are told at once, before any call to the cloud. What is
"looked up" in an OpenStack service is looked up in previews, too, before anything is made. [cluster.schema.json](../lib/cluster/cluster.schema.json) is the same
as JSON Schema, for editors, forms and other languages.
`;

/** The reference page: the properties of a cluster, then each type that they mention, in the order of mention. */
export function referencePage(declarations: ReadonlyMap<string, Declaration>): string {
  const order = reachable(["KubernetesClusterArgs"], declarations);
  return [HEAD, ...order.map((name) => section(declarations.get(name)!, declarations))].join("\n");
}

/** Returns the types that types mention, in the order of mention, themselves included. */
export function reachable(names: readonly string[], declarations: ReadonlyMap<string, Declaration>): string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const { properties, alias = "" } = declarations.get(name)!;
    for (const type of [alias, ...properties.map((property) => property.type)]) mentioned(type, declarations).forEach(visit);
  };
  names.forEach(visit);
  return [...seen];
}

function section({ name, description, properties, alias }: Declaration, declarations: ReadonlyMap<string, Declaration>): string {
  const head = [`## ${name}`, "", description, ""];
  if (alias !== undefined) return [...head, `${cell(typeText(alias.replace(/^\s*\|\s*/, ""), declarations))}`, ""].join("\n");
  const rows = properties.map((property) => row(name, property, declarations));
  return [...head, "| property | type | default | | rules |", "|---|---|---|---|---|", ...rows, ""].join("\n");
}

function row(
  owner: string,
  { name, type, description, isOptional, defaultText }: Property,
  declarations: ReadonlyMap<string, Declaration>,
): string {
  const value = isOptional ? (defaultText ?? "none") : "**required**";
  return `| \`${name}\` | ${cell(typeText(type, declarations))} | ${cell(value)} | ${cell(description)} | ${cell(ruleText(owner, name))} |`;
}

/** A type with links to the types that it mentions. */
function typeText(type: string, declarations: ReadonlyMap<string, Declaration>): string {
  const names = mentioned(type, declarations);
  if (names.length === 0) return `\`${type.replace(/\s+/g, " ")}\``;
  return type
    .replace(/\s+/g, " ")
    .replace(/[<>]/g, (sign) => `\\${sign}`)
    .replace(/\b[A-Z]\w+/g, (name) => (names.includes(name) ? `[${name}](#${name.toLowerCase()})` : name));
}

function cell(text: string): string {
  return text.replace(/\|/g, "\\|");
}
