import { expect, it } from "vitest";
import { staticPodProcess } from "./static-pod.ts";

const manifest = (containers: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: etcd\nspec:\n  containers: ${containers}\n`;

it("reads the program, its arguments and its environment from a static pod", () => {
  const container = '{name: etcd, command: [etcd, "--name=one"], args: ["--data-dir=/var/lib/etcd"], env: [{name: GOGC, value: "300"}]}';
  expect(staticPodProcess(manifest(`[${container}]`))).toEqual({
    command: ["etcd", "--name=one", "--data-dir=/var/lib/etcd"],
    environment: { GOGC: "300" },
  });
  expect(staticPodProcess(manifest("[{name: etcd, command: [etcd]}]"))).toEqual({ command: ["etcd"], environment: {} });
});

it("refuses a pod that is not kubeadm's", () => {
  const message = "a static pod has 2 containers with a command; kubeadm writes one";
  expect(() => staticPodProcess(manifest("[{name: one, command: [a]}, {name: two, command: [b]}]"))).toThrow(message);
});
