import { claimKind } from "./kinds/claim.ts";
import { clusterKind } from "./kinds/cluster.ts";
import { type Column, GROUP, VERSION } from "./kinds/object.ts";
import { poolKind } from "./kinds/pool.ts";
import { runKind } from "./kinds/run.ts";
import { templateKind } from "./kinds/template.ts";

interface Kind {
  kind: string;
  plural: string;
  short: string[];
  spec: object;
  status?: object;
  /** Characters of the longest name. @default Kubernetes' own limit */
  longestName?: number;
  scale?: object;
  columns: Column[];
}

const KINDS: Kind[] = [templateKind, clusterKind, poolKind, claimKind, runKind];

/** Makes the CustomResourceDefinitions of all kinds. */
export function definitions(): object[] {
  return KINDS.map(definition);
}

function definition({ kind, plural, short, columns, scale, ...shape }: Kind): object {
  const version = {
    name: VERSION,
    served: true,
    storage: true,
    schema: { openAPIV3Schema: objectSchema(shape) },
    subresources: { ...(shape.status ? { status: {} } : {}), ...(scale ? { scale } : {}) },
    additionalPrinterColumns: columns,
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), shortNames: short, categories: ["fleet"] },
      versions: [version],
    },
  };
}

function objectSchema({ spec, status, longestName }: Pick<Kind, "spec" | "status" | "longestName">): object {
  const validations =
    longestName === undefined
      ? {}
      : {
          "x-kubernetes-validations": [
            {
              rule: `self.metadata.name.size() <= ${longestName} && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')`,
              message: `the name must have at most ${longestName} lower-case letters, digits and hyphens, and begin with a letter: names of machines begin with it`,
            },
          ],
        };
  return {
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec,
      ...(status ? { status } : {}),
    },
    ...validations,
  };
}
