import { expect, it } from "vitest";
import { parse } from "yaml";
import { auditPolicy } from "../../../lib/kubeadm/audit-policy.ts";

interface Rule {
  level: string;
  verbs?: string[];
  userGroups?: string[];
  resources?: { group: string; resources: string[] }[];
}

const { rules } = parse(auditPolicy()) as { rules: Rule[] };

/** Returns the level of the first rule for a kind of object or for all: the API server applies the first. */
const levelOf = (group: string, resource: string) =>
  rules
    .filter((rule) => !("userGroups" in rule) && !("nonResourceURLs" in rule) && !rule.verbs)
    .find(({ resources }) => !resources || resources.some((each) => each.group === group && each.resources.includes(resource)))?.level;

it("logs who changed a secret, but never what is in it", () => {
  expect(levelOf("", "secrets")).toBe("Metadata");
  expect(levelOf("", "configmaps")).toBe("Metadata");
  expect(levelOf("", "serviceaccounts/token")).toBe("Metadata");
  expect(levelOf("authentication.k8s.io", "tokenreviews")).toBe("Metadata");
});

it("logs the contents of other changes", () => {
  expect(levelOf("apps", "deployments")).toBe("Request");
});

it("does not log leases and events", () => {
  expect([levelOf("coordination.k8s.io", "leases"), levelOf("", "events"), levelOf("events.k8s.io", "events")]).toEqual([
    "None",
    "None",
    "None",
  ]);
});

it("logs which Secrets a node reads, and nothing else that it reads", () => {
  const ofNodes = rules.filter(({ userGroups, verbs }) => userGroups?.includes("system:nodes") && verbs?.includes("get"));
  expect(ofNodes).toEqual([
    {
      level: "Metadata",
      userGroups: ["system:nodes"],
      verbs: ["get", "list", "watch"],
      resources: [{ group: "", resources: ["secrets"] }],
    },
    { level: "None", userGroups: ["system:nodes"], verbs: ["get", "list", "watch"] },
  ]);
});
