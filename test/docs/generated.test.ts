import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readDeclarations } from "../../docs/generate/declarations.ts";
import { generatedFiles } from "../../docs/generate/generate.ts";
import { clusterSchema, type JsonSchema } from "../../docs/generate/json-schema.ts";

const repository = join(import.meta.dirname, "..", "..");
const declarations = readDeclarations();

it.each([...generatedFiles()])("%s is what `npm run docs` makes of the argument model", (file, text) => {
  expect(readFileSync(join(repository, file), "utf8")).toBe(text);
});

/** Properties of a schema and of all that is in it, by their paths. */
function properties(schema: JsonSchema, path = ""): [path: string, schema: JsonSchema][] {
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) => [`${path}${name}`, property] as const);
  const inside = [schema.additionalProperties, schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter((part) => !!part);
  return [
    ...own.flatMap(([name, property]): [string, JsonSchema][] => [[name, property], ...properties(property, `${name}.`)]),
    ...inside.flatMap((part) => properties(part, path)),
  ];
}

describe("the description of each property", () => {
  const all = properties(clusterSchema(declarations));

  it("is there, and begins with what the property is", () => {
    expect(all.length).toBeGreaterThan(200);
    expect(
      all.filter(([, { description = "" }]) => !/^[A-Za-z]/.test(description) || /^(What|Whether|How|Who|Where|The) /.test(description)),
    ).toEqual([]);
  });

  it("names the bounds that the schema has", () => {
    const numbers = all.flatMap(([path, { minimum, maximum, enum: words, description = "" }]) => {
      const bounds = [minimum, maximum, ...(words ?? [])].filter(
        (bound) => bound !== undefined && Math.abs(Number(bound)) !== Number.MAX_SAFE_INTEGER,
      );
      return bounds.filter((bound) => !new RegExp(`(^|[^\\w.])${bound}([^\\w]|$)`).test(description)).map((bound) => `${path}: ${bound}`);
    });
    expect(numbers).toEqual([]);
  });
});

it("Pulumi.yaml has a default of its type for every setting, or none", () => {
  const { config } = parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { type: string; default?: unknown }>;
  };
  const typeOf = (value: unknown) => (Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value);
  const wrong = Object.entries(config).filter(([, { type, default: value }]) => value !== undefined && typeOf(value) !== type);
  expect(wrong).toEqual([]);
});

it("every optional property says its default, every other none", () => {
  const wrong = [...declarations.values()].flatMap(({ name, properties }) =>
    properties
      .filter(({ isOptional, defaultText }) => isOptional !== (defaultText !== undefined))
      .map((property) => `${name}.${property.name}`),
  );
  expect(wrong).toEqual([]);
});
