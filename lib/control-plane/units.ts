import { NODE_ADDRESS, NODE_NAME } from "../kubeadm/node-registration.ts";
import type { NodeFile } from "../node/files.ts";
import { nodeScript, readScript } from "../node/scripts.ts";
import { timedUnit } from "../node/units.ts";
import { DEFAULT_VALIDITY, minutesOf } from "../pki/validity.ts";

const SBIN = "/usr/local/sbin";
const DAY = 24 * 60;

/** Makes a timer that approves the kubelets' serving certificates at the join and at each renewal. */
export function servingCertificateApprover(): NodeFile[] {
  const script = `${SBIN}/caravan-approve-serving-certificates`;
  const timer = "OnBootSec=10\nOnUnitInactiveSec=10\nAccuracySec=1";
  return [
    { path: script, mode: "0755", content: readScript("approve-serving-certificates.py") },
    ...timedUnit({
      name: "approve",
      description: "Approve serving certificates of kubelets",
      service: `ExecStart=${script}\nTimeoutStartSec=60`,
      timer,
    }),
  ];
}

/**
 * Makes a timer that renews the certificates of a control plane, daily: at least four times in the last third of a shorter validity. The
 * random delay keeps control planes from waiting for each other.
 */
export function certificateRenewal(validity = DEFAULT_VALIDITY): NodeFile[] {
  const script = `${SBIN}/caravan-renew-certificates`;
  const period = Math.min(DAY, minutesOf(validity) / 12) * 60;
  const timer =
    `OnBootSec=${Math.min(900, period)}\nOnUnitInactiveSec=${period}\n` +
    `RandomizedDelaySec=${Math.round(period / 24)}\nAccuracySec=${Math.min(60, Math.round(period / 24))}`;
  const service = `Environment=NODE_NAME=${NODE_NAME} NODE_ADDRESS=${NODE_ADDRESS}\nExecStart=${script}\nTimeoutStartSec=3600`;
  return [
    { path: `${SBIN}/caravan-maintenance-lease`, mode: "0755", content: readScript("maintenance-lease.py") },
    { path: script, mode: "0755", content: `#!/bin/bash\n${nodeScript("renewCertificates")}\n` },
    ...timedUnit({ name: "certificates", description: "Renew certificates of the control plane", service, timer }),
  ];
}
