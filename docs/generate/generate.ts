import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDeclarations } from "./declarations.ts";
import { clusterSchema } from "./json-schema.ts";
import { withConfigSection } from "./pulumi-yaml.ts";
import { referencePage } from "./reference.ts";

const repository = join(import.meta.dirname, "..", "..");

/** Texts of the files that follow from the argument model, by path. */
export function generatedFiles(): Map<string, string> {
  const declarations = readDeclarations();
  const schema = clusterSchema(declarations);
  const project = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
  return new Map([
    ["docs/configuration.md", referencePage(declarations)],
    ["lib/cluster/cluster.schema.json", `${JSON.stringify(schema, null, 2)}\n`],
    ["Pulumi.yaml", withConfigSection(project, schema, declarations)],
  ]);
}

if (import.meta.main) for (const [file, text] of generatedFiles()) writeFileSync(join(repository, file), text);
