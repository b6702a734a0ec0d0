import { expect, it } from "vitest";
import { kubectlOf } from "../../../devcloud/kubectl.ts";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi, selectStack, stackOutput } from "../../../devcloud/stack.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { destroy, up } from "../support/cluster.ts";

// The files in stacks/ without changes.
it.each([
  ["dev", []],
  ["standard", [0, 1, 2, 3, 4].map((key) => `e2e-stack-standard-etcd-${key}`)],
])(
  "stack %s is created without changes to its file, has no changes in the next run, and is destroyed",
  async (base, etcdMembers) => {
    const stack = await selectStack(`e2e-stack-${base}`, base);
    try {
      await pulumi(stack, ["up", "--yes", "--skip-preview"], { deadline: 1200 });
      const kubectl = await kubectlOf(stack);
      await waitForNodes(kubectl, 6);
      const roles = (await listNodes(kubectl)).map(({ metadata }) => "node-role.kubernetes.io/control-plane" in metadata.labels);
      expect(roles.filter(Boolean)).toHaveLength(3);
      const members = await stackOutput<{ name: string }[]>(stack, "etcdMembers");
      expect(members.map(({ name }) => name)).toEqual(etcdMembers);
      expect(await checkTraffic(kubectl)).toHaveLength(2);
      expect(await up(stack)).toEqual({ same: expect.any(Number) });
    } finally {
      await destroy(stack);
    }
  },
  2_400_000,
);
