import { expect, it } from "vitest";
import { pulumi } from "../../devcloud/stack.ts";
import { configure, destroy, failureOf, resourcesOf } from "./support/cluster.ts";

it("names everything that the cloud does not have, each once, and creates nothing", async () => {
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

it("previews nothing with a misspelt setting, which would otherwise remove all workers", async () => {
  const stack = await configure("e2e-misspelt", { "caravan:pool": { default: { count: 2 } }, "caravn:ssh": {} });
  try {
    const failure = await failureOf(pulumi(stack, ["preview"], { deadline: 120 }));
    expect(failure.match(/^ +(error: .* invalid propert|car[a-z]*:).*$/gm)?.map((line) => line.trim())).toEqual([
      'error: the configuration of stack "e2e-misspelt" has 2 invalid properties:',
      "caravan:pool: is no setting of this program; use \"caravan:pools\", or remove it with `pulumi config rm 'caravan:pool'`",
      "caravn:ssh: is no setting of this program; use \"caravan:ssh\", or remove it with `pulumi config rm 'caravn:ssh'`",
    ]);
  } finally {
    await destroy(stack);
  }
});
