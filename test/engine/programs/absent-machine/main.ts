import { remote } from "../../../../components/ssh/remote.ts";
import { createSshKey } from "../../../../lib/ssh/key.ts";
import { takeIntoAccount } from "../../../../operations/machines/found-machines.ts";

/** Command on a machine that is known not to run. Its address is one for documentation (RFC 5737), where nothing answers. */
const machine = { name: "demo-0", id: "id-0", address: "192.0.2.1" };
takeIntoAccount({
  troubles: [
    { urn: "urn", id: machine.id, name: machine.name, role: "control plane", status: "SHUTOFF", isReplaced: false, floatingIps: [] },
  ],
  triggers: new Map(),
});
remote(
  "demo-0-kubeadm",
  {
    machine,
    ssh: { user: "root", port: 22, privateKey: createSshKey("demo").privateKey },
    script: "importedReset",
    input: { OWNER: "demo" },
  },
  {},
);
