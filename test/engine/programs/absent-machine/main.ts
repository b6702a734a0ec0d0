import { remote } from "../../../../components/ssh/remote.ts";
import { createSshKey } from "../../../../lib/ssh/key.ts";
import { takeIntoAccount } from "../../../../operations/machines/found-machines.ts";

/** A command on a machine of which it was found out that it does not run. Nobody is at the address: of documentation (RFC 5737). */
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
