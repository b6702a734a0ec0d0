import { expect, it } from "vitest";
import { CILIUM_ETCD, KUBERNETES_ETCD } from "../../../lib/etcd/instances.ts";
import { type MemberInputArgs, memberInput, membershipInput } from "../../../lib/etcd/member-input.ts";
import { shellAssignments } from "../../../lib/node/shell.ts";
import { preparationInput } from "../../../lib/node/software.ts";
import { filesOf } from "../../support/orders.ts";

const pair = (name: string) => ({ certificate: `certificate of ${name}`, privateKey: `key of ${name}` });
const certificates = (name: string) => ({ ca: `CA of ${name}`, server: pair(`${name} server`), peer: pair(`${name} peer`) });
const args: MemberInputArgs = {
  software: {},
  preparation: preparationInput({ kubernetesVersion: "1.36.3" }),
  peers: ["10.0.0.1", "10.0.0.2"],
  etcds: [{ instance: KUBERNETES_ETCD }, { instance: CILIUM_ETCD }],
  firstMember: "etcd-0",
  flavorId: "flavor-1",
  certificates: [certificates("kubernetes"), certificates("cilium")],
};

it("names the members, and each etcd with its ports and its folder", () => {
  expect(membershipInput(args)).toEqual({
    PEERS: "10.0.0.1 10.0.0.2",
    INSTANCES: "etcd 2379 2380 2381 /var/lib/etcd\ncilium-etcd 2479 2480 2481 /var/lib/cilium-etcd",
  });
});

it("leaves the image to kubeadm unless a version is given", () => {
  const image = (more: Partial<MemberInputArgs>) => memberInput({ ...args, ...more }).ETCD_IMAGE;
  const software = { registries: { imageRepository: "registry.example.com/k8s" } };
  expect(image({})).toBe("");
  expect(image({ etcdVersion: "3.6.8-0" })).toBe("registry.k8s.io/etcd:3.6.8-0");
  expect(image({ etcdVersion: "3.6.8-0", software })).toBe("registry.example.com/k8s/etcd:3.6.8-0");
});

it("has the preparation of the machine, for changes of it", () => {
  expect(memberInput(args)).toMatchObject(args.preparation);
});

it("names the volume and its size, so that the file system grows with it", () => {
  const { VOLUME_ID, VOLUME_GIB } = memberInput({ ...args, dataVolume: { id: "volume-1", size: 20 } });
  expect({ VOLUME_ID, VOLUME_GIB }).toEqual({ VOLUME_ID: "volume-1", VOLUME_GIB: "20" });
  expect(memberInput(args)).toMatchObject({ VOLUME_ID: "", VOLUME_GIB: "" });
});

it("gives each etcd its own certificates, and no CA's key", () => {
  const files = filesOf(shellAssignments(memberInput(args)));
  expect(files.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
    ...["etcd", "cilium-etcd"].flatMap((name) => [
      `0644 /etc/kubernetes/pki/${name}/ca.crt`,
      `0644 /etc/kubernetes/pki/${name}/server.crt`,
      `0600 /etc/kubernetes/pki/${name}/server.key`,
      `0644 /etc/kubernetes/pki/${name}/peer.crt`,
      `0600 /etc/kubernetes/pki/${name}/peer.key`,
      `0600 /etc/kubernetes/caravan/${name}.yaml`,
    ]),
    "0600 /var/lib/kubelet/config.yaml",
    "0644 /etc/systemd/system/kubelet.service.d/90-caravan-etcd.conf",
  ]);
  const contents = Object.fromEntries(files.map(({ path, content }) => [path, content]));
  expect(contents["/etc/kubernetes/pki/etcd/ca.crt"]).toBe("CA of kubernetes");
  expect(contents["/etc/kubernetes/pki/cilium-etcd/ca.crt"]).toBe("CA of cilium");
  expect(contents["/etc/kubernetes/pki/cilium-etcd/peer.key"]).toBe("key of cilium peer");
});
