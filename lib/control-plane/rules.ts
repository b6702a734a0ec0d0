import { AUTHENTICATION_KIND } from "../kubeadm/authentication.ts";
import { checkComponentConfiguration } from "../kubeadm/component-configuration.ts";
import { checkExtraVolumes } from "../kubeadm/extra-volumes.ts";
import { checkProgramSettings } from "../kubeadm/program-settings.ts";
import { SCHEDULER_KIND } from "../kubeadm/scheduler.ts";
import { checkName } from "../names.ts";
import { checkMachine } from "../node/machine.ts";
import { checkSetup } from "../node/setup.ts";
import type { Problems } from "../problems.ts";
import { checkCertificateNames } from "./certificate-names.ts";
import type { ControlPlaneSettings } from "./settings.ts";
import { checkControlPlaneCount } from "./topology.ts";

/** Checks the control planes of a cluster. */
export function checkControlPlane(settings: Partial<ControlPlaneSettings>, etcd: "stacked" | "external", problems: Problems): void {
  const { count = 1, machine, certSANs = [], scheduler, authentication, podSecurity, dnsReplicas, extraVolumes = {} } = settings;
  checkControlPlaneCount("count", count, etcd, problems);
  checkMachine(machine ?? {}, problems.at("machine"));
  checkCertificateNames("certSANs", certSANs, problems);
  checkComponentConfiguration(scheduler?.configuration ?? {}, SCHEDULER_KIND, problems.at("scheduler"));
  checkSetup(settings, problems);
  checkExtraVolumes(extraVolumes, problems.at("extraVolumes"));
  checkProgramSettings(settings, etcd, problems);
  checkExemptNamespaces(podSecurity?.exemptNamespaces ?? [], problems);
  checkComponentConfiguration(authentication?.configuration ?? {}, AUTHENTICATION_KIND, problems.at("authentication"));
  if (dnsReplicas !== undefined && !(Number.isInteger(dnsReplicas) && dnsReplicas >= 1 && dnsReplicas <= 1000))
    problems.add("dnsReplicas", `${dnsReplicas} is not a number of replicas; use a whole number from 1 to 1000`);
}

/** Checks namespaces. The API server does not start with one that is none. */
function checkExemptNamespaces(namespaces: readonly string[], problems: Problems): void {
  namespaces.forEach((namespace, place) => {
    const property = `podSecurity.exemptNamespaces[${place}]`;
    checkName(property, namespace, problems);
    if (namespaces.indexOf(namespace) < place) problems.add(property, `"${namespace}" is named twice; name each namespace once`);
  });
}
