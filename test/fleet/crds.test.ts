import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { manifests } from "../../fleet/crds/generate.ts";
import { repositoryDir } from "../support/repository.ts";

const written = readFileSync(join(repositoryDir, "fleet", "crds", "manifests.yaml"), "utf8");

it("has current manifests: `npm run fleet-manifests` writes them", () => {
  expect(written).toBe(manifests());
});

it("defines five kinds, two roles, and the policy about owners", () => {
  const objects = parseAllDocuments(written).map((document) => document.toJS());
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    ...["clustertemplates", "clusters", "clusterpools", "clusterclaims", "runs"].map(
      (plural) => `CustomResourceDefinition ${plural}.fleet.caravan.dev`,
    ),
    "ClusterRole caravan-fleet-controller",
    "ClusterRole caravan-fleet-user",
    "ValidatingAdmissionPolicy caravan-fleet-claims",
    "ValidatingAdmissionPolicyBinding caravan-fleet-claims",
  ]);
});
