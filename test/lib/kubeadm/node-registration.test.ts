import { expect, it } from "vitest";
import { nodeRegistration } from "../../../lib/kubeadm/node-registration.ts";

it("registers a node by its server's name, address and id", () => {
  expect(nodeRegistration({})).toEqual({
    name: "@NODE_NAME@",
    criSocket: "unix:///run/containerd/containerd.sock",
    imagePullPolicy: "IfNotPresent",
    ignorePreflightErrors: [],
    kubeletExtraArgs: [
      { name: "node-ip", value: "@NODE_ADDRESS@" },
      { name: "provider-id", value: "openstack:///@INSTANCE_ID@" },
    ],
  });
});

it("sets no provider id for a node that is not an OpenStack server", () => {
  expect(nodeRegistration({ openstackServer: false }).kubeletExtraArgs).toEqual([{ name: "node-ip", value: "@NODE_ADDRESS@" }]);
});

it("adds labels, taints and preflight checks", () => {
  const registration = nodeRegistration({ labels: { a: "1", b: "" }, taints: [], ignorePreflightErrors: ["Swap"] });
  expect(registration.kubeletExtraArgs).toContainEqual({ name: "node-labels", value: "a=1,b=" });
  // An empty list removes kubeadm's own taint.
  expect(registration).toMatchObject({ taints: [], ignorePreflightErrors: ["Swap"] });
});
