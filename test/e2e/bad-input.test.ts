import { expect, it } from "vitest";
import { pulumi } from "../../devcloud/stack.ts";
import { configure, destroy, failureOf, resourcesOf } from "./support/cluster.ts";

it("names everything that the cloud does not know, each once, and makes nothing", async () => {
  const stack = await configure("e2e-bad-input", {
    "caravan:network": { externalNetwork: "no-network", cidr: "10.40.0.0/16" },
    "caravan:controlPlane": { machine: { image: "no-image", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 2, machine: { image: "no-image", flavor: "no-flavor" } } },
  });
  try {
    const failure = await failureOf(pulumi(stack, ["up", "--yes", "--skip-preview"], { deadline: 120 }));
    const errors = failure.match(/^ {4}error: .*cannot be used: give the name or id of one that `[^`]*` shows/gm);
    expect(errors?.sort()).toEqual([
      '    error: external network "no-network" cannot be used: give the name or id of one that `openstack network list --external` shows',
      '    error: flavor "no-flavor" cannot be used: give the name or id of one that `openstack flavor list` shows',
      '    error: image "no-image" cannot be used: give the name or id of one that `openstack image list` shows',
    ]);
    const made = (await resourcesOf(stack)).filter(({ type }) => type.startsWith("openstack:"));
    expect(made).toEqual([]);
  } finally {
    await destroy(stack);
  }
});
