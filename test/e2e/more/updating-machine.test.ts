import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { type BareSystem, containerdConfiguration, packageSettings, provideBareSystem } from "../support/bare-image.ts";
import { type Cluster, createCluster, destroy, up } from "../support/cluster.ts";
import { makeOutside, type Outside, onServer, removeOutside } from "../support/outside.ts";

// A machine that updates itself while it is made a node: dpkg holds its lock for a while, and is killed in the middle.
const STACK = "e2e-updating";
const OUTSIDE = "e2e-updating-outside";
const CIDR = "10.43.0.0/24";

let bare: BareSystem;
let outside: Outside;
let cluster: Cluster;

beforeAll(async () => {
  await removeOutside(OUTSIDE);
  bare = await provideBareSystem(STACK);
  outside = await makeOutside(OUTSIDE, CIDR, { image: bare.image, userData: UPDATING });
  cluster = await createCluster(STACK, 3, await settings());
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  await removeOutside(OUTSIDE);
  await bare?.end();
});

/**
 * User data: installs a package whose script waits, and ends dpkg after four minutes with SIGKILL. By then the machine is being prepared.
 * The next time the package's script does nothing.
 */
const UPDATING = `#cloud-config
write_files:
  - path: /root/slow/DEBIAN/control
    content: |
      Package: slow
      Version: 1
      Architecture: all
      Maintainer: nobody <nobody@localhost>
      Description: takes its time
  - path: /root/slow/DEBIAN/postinst
    permissions: "0755"
    content: |
      #!/bin/sh
      [ -e /root/was-slow ] || { touch /root/was-slow; exec sleep 900; }
  - path: /root/update
    permissions: "0755"
    content: |
      #!/bin/sh
      dpkg-deb --build /root/slow /root/slow.deb
      dpkg --install /root/slow.deb &
      sleep 240
      kill -KILL $!
runcmd:
  - systemd-run --unit update /root/update
`;

async function settings(): Promise<Record<string, unknown>> {
  const { networkId, subnetId, name, address, privateKey } = outside;
  const pools = {
    default: { count: 1, machine: { image: "node", flavor: "node.small" } },
    updating: {
      imported: [{ name, address }],
      ssh: { privateKey },
      containerRuntime: { configuration: await containerdConfiguration() },
    },
  };
  const network = { adopt: { networkId, subnetId }, cidr: CIDR, externalNetwork: "public" };
  return { ...packageSettings(bare), "caravan:network": network, "caravan:pools": pools };
}

it("waits for dpkg, and says which process it waits for", () => {
  expect(cluster.output).toMatch(/waits for another program that installs packages: .*(held by process|with pid) \d+/);
});

it("completes what the killed dpkg has left", async () => {
  expect(await onServer(outside, "dpkg --audit")).toBe("");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  expect(await onServer(outside, "dpkg-query --show --showformat '${db:Status-Status}' slow")).toBe("installed");
});

it("makes the machine a node, and has no changes in the next run", async () => {
  await waitForNodes(cluster.kubectl, 3);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});
