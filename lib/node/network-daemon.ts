import type { NodeFile } from "./files.ts";

/**
 * Makes the settings with which systemd-networkd leaves routes and rules alone that it has not made: network plugins' are among them
 * (https://docs.cilium.io/en/stable/operations/system_requirements/).
 */
export function networkDaemonSettings(): NodeFile {
  return {
    path: "/etc/systemd/networkd.conf.d/90-caravan.conf",
    mode: "0644",
    content: "[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no\n",
  };
}
