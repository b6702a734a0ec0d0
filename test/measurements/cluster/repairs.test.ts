import { expect, it } from "vitest";
import { reasonsOf } from "../reasons.ts";
import { unusableMachines } from "./repairs.ts";

const OUTPUT = `
    caravan-default-40-0aff123: failed: timed out after 300 s waiting for the end of cloud-init's first boot
    caravan-default-41-0aff124 (10.40.0.9): no SSH within 900 s: Connection reset by 10.40.0.9 port 22
    caravan-default-42-0aff125: failed: kubeadm join, after 300 s; its last lines are above
    error: 1 error occurred:
    	* creating urn:pulumi:caravan::caravan::caravan:index:NodePool$openstack:compute/instance:Instance::caravan-default-30: 1 error occurred:
    	* Error waiting for instance (6d3d0c9f-ca2b-4a42-b16f-284744e53d8b) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'
`;

it("names the machines that a retry would not repair, without servers in ERROR, which are recreated anyway", () => {
  expect(unusableMachines(OUTPUT)).toEqual(["caravan-default-40", "caravan-default-41"]);
});

it("counts reasons without names and ids", () => {
  expect(reasonsOf(OUTPUT)).toEqual({
    "failed: timed out after 300 s waiting for the end of cloud-init's first boot": 1,
    "failed: kubeadm join, after 300 s; its last lines are above": 1,
    "Error waiting for instance (...) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'": 1,
  });
});
