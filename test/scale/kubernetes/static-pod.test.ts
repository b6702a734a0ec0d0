import { expect, it } from "vitest";
import { staticPodCommand } from "./static-pod.ts";

const manifest = (containers: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: etcd\nspec:\n  containers: ${containers}\n`;

it("takes the program and its arguments from a static pod", () => {
  expect(staticPodCommand(manifest('[{name: etcd, command: [etcd, "--name=one"], args: ["--data-dir=/var/lib/etcd"]}]'))).toEqual([
    "etcd",
    "--name=one",
    "--data-dir=/var/lib/etcd",
  ]);
});

it("refuses a pod that is none of kubeadm's", () => {
  const message = "a static pod has 2 containers with a command; kubeadm writes one";
  expect(() => staticPodCommand(manifest("[{name: one, command: [a]}, {name: two, command: [b]}]"))).toThrow(message);
});
