import { expect, it } from "vitest";
import { checkMetadataAccess, type MetadataAccessFacts } from "../../../lib/cni/metadata-access.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (facts: MetadataAccessFacts) => problemsOf((problems) => checkMetadataAccess(facts, problems));

it.each([
  {},
  { version: "1.16.0" },
  { version: "v1.20.1" },
  { version: "1.15.9", metadataAccess: true },
  { values: { enableNonDefaultDenyPolicies: true, policyEnforcementMode: "default" } },
  { values: { enableNonDefaultDenyPolicies: false, policyEnforcementMode: "never" }, metadataAccess: true },
])("accepts %j", (facts) => {
  expect(check(facts)).toEqual([]);
});

it("refuses versions and values of Cilium with which the policy would cut off pods or do nothing", () => {
  expect(check({ version: "1.15.9", values: { enableNonDefaultDenyPolicies: false, policyEnforcementMode: "never" } })).toEqual([
    "version: 1.15.9 cannot keep pods from the metadata service; use 1.16 or newer, or metadataAccess true",
    "values.enableNonDefaultDenyPolicies: false would have the policy that keeps pods from the metadata service deny everything else, too; " +
      "remove it, or use metadataAccess true",
    'values.policyEnforcementMode: "never" leaves the way from pods to the metadata service open; remove it, or say so with metadataAccess true',
  ]);
});
