import { z } from "zod";
import { cluster } from "../../lib/cluster/settings.ts";
import type { Declaration } from "./declarations.ts";
import { defaultValue, itemType, membersOf, plainType, valueType } from "./types.ts";

/** The part of a JSON Schema that descriptions are put into. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | false;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
}

/** JSON Schema of KubernetesClusterArgs, with the descriptions and defaults of its declarations. */
export function clusterSchema(declarations: ReadonlyMap<string, Declaration>): JsonSchema {
  const schema = z.toJSONSchema(cluster, { io: "input" }) as JsonSchema;
  return described(schema, "KubernetesClusterArgs", declarations);
}

function described(schema: JsonSchema, type: string, declarations: ReadonlyMap<string, Declaration>): JsonSchema {
  const plain = plainType(type);
  const members = membersOf(plain, declarations);
  const within = (part: JsonSchema | undefined, partType: string | undefined) =>
    part && partType ? described(part, partType, declarations) : part;
  const choices = (options: JsonSchema[]) =>
    options.map((option) => described(option, memberOf(option, members, declarations), declarations));
  const { properties, additionalProperties, items, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(properties ? { properties: describedProperties(properties, declarations.get(plain), declarations) } : {}),
    ...(additionalProperties ? { additionalProperties: within(additionalProperties, valueType(plain))! } : {}),
    ...(items ? { items: within(items, itemType(plain))! } : {}),
    ...(anyOf ? { anyOf: choices(anyOf) } : {}),
    ...(oneOf ? { oneOf: choices(oneOf) } : {}),
  };
}

function describedProperties(
  properties: Record<string, JsonSchema>,
  declaration: Declaration | undefined,
  declarations: ReadonlyMap<string, Declaration>,
): Record<string, JsonSchema> {
  const entries = Object.entries(properties).map(([name, property]) => {
    const declared = declaration?.properties.find((each) => each.name === name);
    if (!declared) throw new Error(`${declaration?.name ?? "a type that is not declared"} has no property ${name}, which its schema has`);
    const { type, description, defaultText } = declared;
    const value = defaultValue(defaultText);
    const text = defaultText === undefined || value !== undefined ? description : `${description} Default: ${defaultText}.`;
    return [
      name,
      { description: text, ...(value === undefined ? {} : { default: value }), ...described(property, type, declarations) },
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** The member of a union whose properties an option of a schema has. */
function memberOf({ properties = {} }: JsonSchema, members: readonly string[], declarations: ReadonlyMap<string, Declaration>): string {
  const names = Object.keys(properties).sort().join();
  const constant = (properties.type ?? properties.topology) as { const?: string } | undefined;
  const found = members.find((member) => {
    const own = declarations.get(member)?.properties ?? [];
    const literal = own.find(({ name }) => name === "type" || name === "topology")?.type;
    const isSame =
      own
        .map(({ name }) => name)
        .sort()
        .join() === names;
    return isSame && (constant?.const === undefined || literal === JSON.stringify(constant.const));
  });
  if (found === undefined) throw new Error(`none of ${members.join(", ")} has the properties ${names}`);
  return found;
}
