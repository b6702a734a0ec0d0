import { expect, it } from "vitest";
import { flannelValues } from "../../../lib/cni/flannel-values.ts";

it("makes flannel use the cluster's pod network over VXLAN, with its chart's port", () => {
  expect(flannelValues({ podCidr: "10.244.0.0/16" })).toEqual({ podCidr: "10.244.0.0/16", flannel: { backend: "vxlan" } });
});

it("accepts another port for VXLAN", () => {
  expect(flannelValues({ podCidr: "10.1.0.0/16", port: 4789 })).toEqual({
    podCidr: "10.1.0.0/16",
    flannel: { backend: "vxlan", backendPort: 4789 },
  });
});
