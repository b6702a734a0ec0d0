import { stringify } from "yaml";
import type { Declaration } from "./declarations.ts";
import type { JsonSchema } from "./json-schema.ts";
import { defaultValue, mentioned } from "./types.ts";

const NAME = { type: "string", default: "", description: "Name of the cluster; the stack's name when it is empty." };

/** The text of a Pulumi.yaml whose `config` section has the properties of a cluster. */
export function withConfigSection(text: string, schema: JsonSchema, declarations: ReadonlyMap<string, Declaration>): string {
  const head = text.slice(0, text.indexOf("\nconfig:\n") + 1);
  const { properties } = declarations.get("KubernetesClusterArgs")!;
  const settings = properties.map((property) => [
    property.name,
    {
      type: pulumiType(schema.properties![property.name]!),
      ...(property.name === "ignorePreflightErrors" ? { items: { type: "string" } } : {}),
      ...(property.isOptional ? { default: defaultValue(property.defaultText) ?? emptyOf(property.name, schema) } : {}),
      description: `${property.description} ${seeAlso(property.type, declarations)}`.trim(),
    },
  ]);
  return head + stringify({ config: { name: NAME, ...Object.fromEntries(settings) } }, { lineWidth: 0 });
}

/** Returns the default of a setting whose description names no value: Pulumi asks for settings without a default. */
function emptyOf(name: string, schema: JsonSchema): unknown {
  const type = pulumiType(schema.properties![name]!);
  if (type === "array") return [];
  if (type === "object") return {};
  throw new Error(`the description of ${name} names no default of type ${type}; write it like @default "value"`);
}

/** Pulumi's name of a type: it knows no unions. */
function pulumiType({ type }: JsonSchema): string {
  return typeof type === "string" ? type : "object";
}

function seeAlso(type: string, declarations: ReadonlyMap<string, Declaration>): string {
  const [name] = mentioned(type, declarations);
  return name === undefined ? "" : `Properties: docs/configuration.md#${name.toLowerCase()}.`;
}
