import { toYaml } from "../yaml.ts";

/**
 * Writes the audit policy of the API server. It logs who changed what, without the contents of Secrets, and without the noise of leases,
 * events and nodes' reads. Of nodes' reads, only those of Secrets are logged.
 */
export function auditPolicy(): string {
  return toYaml({
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [
      { level: "None", nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version"] },
      { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
      {
        level: "None",
        resources: [
          { group: "", resources: ["events"] },
          { group: "events.k8s.io", resources: ["events"] },
        ],
      },
      // A node reads the Secrets of its pods. Somebody with its credentials can read them, too.
      {
        level: "Metadata",
        userGroups: ["system:nodes"],
        verbs: ["get", "list", "watch"],
        resources: [{ group: "", resources: ["secrets"] }],
      },
      { level: "None", userGroups: ["system:nodes"], verbs: ["get", "list", "watch"] },
      {
        level: "None",
        userGroups: ["system:nodes"],
        verbs: ["patch", "update"],
        resources: [{ group: "", resources: ["nodes/status", "pods/status"] }],
      },
      {
        level: "Metadata",
        resources: [
          { group: "", resources: ["secrets", "configmaps", "serviceaccounts/token"] },
          { group: "authentication.k8s.io", resources: ["tokenreviews"] },
        ],
      },
      { level: "Metadata", verbs: ["get", "list", "watch"] },
      { level: "Request" },
    ],
  });
}
