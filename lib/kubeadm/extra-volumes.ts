import { LONGEST_LABEL } from "../names.ts";
import type { Problems } from "../problems.ts";
import { AUDIT_LOG, SCHEDULER, SETTINGS_FOLDER } from "./paths.ts";
import { type ExtraVolumes, HOST_PATH_TYPES, type HostPathMount } from "./settings.ts";

const PROGRAMS = ["apiServer", "controllerManager", "scheduler"] as const;

/** Names of the volumes of the library and of kubeadm (kubeadm/app/phases/controlplane/volumes.go). */
const TAKEN_NAMES = [
  ...["caravan", "audit", "settings", "ca-certs", "k8s-certs", "etc-ca-certificates", "etc-pki-ca-trust", "etc-pki-tls-certs"],
  ...["usr-share-ca-certificates", "usr-local-share-ca-certificates", "flexvolume-dir", "kubeconfig", "etcd-certs-0", "etcd-certs-1"],
];

/** Places in the containers where the library or kubeadm mounts something. */
const TAKEN_PLACES = [SETTINGS_FOLDER, AUDIT_LOG.slice(0, AUDIT_LOG.lastIndexOf("/")), SCHEDULER, "/etc/kubernetes/pki", "/etc/ssl/certs"];

/** Checks the further volumes of the programs of control planes. */
export function checkExtraVolumes(volumes: ExtraVolumes, problems: Problems): void {
  for (const program of PROGRAMS) {
    const all = volumes[program] ?? [];
    for (const [place, volume] of all.entries()) checkVolume(volume, all.slice(0, place), problems.at(`${program}[${place}]`));
  }
}

function checkVolume({ name, hostPath, mountPath, pathType }: HostPathMount, before: readonly HostPathMount[], problems: Problems): void {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > LONGEST_LABEL)
    problems.add("name", `"${name}" is no name of a volume; use at most ${LONGEST_LABEL} lower-case letters, digits and hyphens`);
  else if (TAKEN_NAMES.includes(name)) problems.add("name", `"${name}" is a volume of kubeadm's or of the library's; choose another name`);
  else if (before.some((other) => other.name === name)) problems.add("name", `"${name}" is named twice; choose another name`);
  for (const [property, path] of Object.entries({ hostPath, mountPath }))
    if (!/^\/[^\p{Cc}:]*$/u.test(path) || path.split("/").includes(".."))
      problems.add(property, `"${path}" is no absolute path; write it like /etc/webhooks`);
  if (TAKEN_PLACES.includes(mountPath.replace(/\/+$/, "")))
    problems.add("mountPath", `"${mountPath}" is where kubeadm or the library mounts something; choose another place`);
  else if (before.some((other) => other.mountPath === mountPath))
    problems.add("mountPath", `"${mountPath}" is named twice; choose another place`);
  if (pathType !== undefined && !HOST_PATH_TYPES.includes(pathType))
    problems.add("pathType", `"${pathType}" is no type of a path; use ${HOST_PATH_TYPES.join(", ")}`);
}
