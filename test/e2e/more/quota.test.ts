import { expect, it } from "vitest";
import { pulumi } from "../../../devcloud/stack.ts";
import { configure, destroy, failureOf, resourcesOf } from "../support/cluster.ts";

it("names every quota that is too small, in a preview and before any creation", async () => {
  // More than devcloud's quota of 100 instances and 200 cores, even when nobody else uses it.
  const stack = await configure("e2e-quota", {
    "caravan:pools": { default: { count: 250, machine: { image: "node", flavor: "node.small" } } },
  });
  try {
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const failure = await failureOf(pulumi(stack, command, { deadline: 120 }));
      expect(failure).toMatch(
        new RegExp(
          [
            'error: Kubernetes cluster "e2e-quota" does not fit into the quota of its OpenStack project:',
            " *instances: 251 needed, \\d+ of 100 used, \\d+ missing; ask for a quota of \\d+, or have fewer nodes",
            " *cores: 252 needed, \\d+ of 200 used, \\d+ missing; ask for a quota of \\d+, or have fewer nodes or smaller flavors",
          ].join("\n"),
        ),
      );
      expect(failure).not.toContain("checkQuota");
    }
    expect((await resourcesOf(stack)).filter(({ type }) => type.startsWith("openstack:"))).toEqual([]);
  } finally {
    await destroy(stack);
  }
});
