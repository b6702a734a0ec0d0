import { checkFlagNames } from "../flags.ts";
import type { Problems } from "../problems.ts";
import { checkAuthenticationFlags } from "./authentication.ts";
import type { ExtraArgs, ExtraEnvs } from "./settings.ts";

/** Arguments that have a property of their own. They are refused, so that the two cannot differ. */
const SET_ELSEWHERE: Required<Record<keyof ExtraArgs, Record<string, string>>> = {
  apiServer: { "service-cluster-ip-range": "serviceCidr" },
  controllerManager: {
    "cluster-cidr": "podCidr",
    "node-cidr-mask-size": "nodeCidrMask",
    "node-cidr-mask-size-ipv4": "nodeCidrMask",
    "service-cluster-ip-range": "serviceCidr",
  },
  scheduler: { config: "controlPlane.scheduler.configuration" },
  etcd: {},
};

type Program = keyof ExtraArgs;
const PROGRAMS = Object.keys(SET_ELSEWHERE) as Program[];

/** Checks the arguments and variables of the programs of control planes. */
export function checkProgramSettings(
  { extraArgs = {}, extraEnvs = {} }: { extraArgs?: ExtraArgs | undefined; extraEnvs?: ExtraEnvs | undefined },
  etcd: "stacked" | "external",
  problems: Problems,
): void {
  for (const program of PROGRAMS) {
    const flags = extraArgs[program] ?? {};
    checkFlagNames(flags, SET_ELSEWHERE[program], problems.at(`extraArgs.${program}`));
    checkValues(flags, problems.at(`extraArgs.${program}`));
    checkValues(extraEnvs[program] ?? {}, problems.at(`extraEnvs.${program}`));
  }
  checkAuthenticationFlags(extraArgs.apiServer ?? {}, problems.at("extraArgs.apiServer"));
  if (etcd === "stacked") return;
  if (extraArgs.etcd) problems.add("extraArgs.etcd", "is for etcd on control planes, which is external here; use etcd.settings");
  if (extraEnvs.etcd) problems.add("extraEnvs.etcd", "is for etcd on control planes, which is external here; leave it out");
}

/** Characters that kubeadm's YAML reader refuses or takes for the end of a line, but for tabs and line feeds. */
const UNREADABLE = /(?![\t\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u;

/** Checks that kubeadm can read values. */
function checkValues(values: Readonly<Record<string, string | string[]>>, problems: Problems): void {
  for (const [name, value] of Object.entries(values)) {
    const [character] = UNREADABLE.exec([value].flat().join("")) ?? [];
    const code = character?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
    if (code !== undefined) problems.add(name, `has the character U+${code}, which kubeadm cannot read; remove it`);
  }
}
