import { expect, expectTypeOf, it } from "vitest";
import type { ScriptFacts } from "../../../lib/node/script-facts.ts";
import type { ScriptInputs, ScriptName } from "../../../lib/node/script-inputs.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { variablesOf } from "../../support/shell-scan.ts";

type Variable<Name extends ScriptName> = keyof (ScriptInputs[Name] & ScriptFacts[Name]);
type Lists = { readonly [Name in ScriptName]?: readonly Variable<Name>[] };

const FACTS = ["INSTANCE_ID", "NODE_ADDRESS", "NODE_NAME"] as const;
const SOFTWARE = [
  ...["CGROUP_DRIVER", "IMAGE_REPOSITORY", "KUBERNETES_VERSION", "PACKAGE_KEY", "PACKAGE_REPOSITORY"],
  ...["PREPARATION", "REGISTRY_CREDENTIALS", "SOFTWARE_FILES", "USER_FILES"],
] as const;
const FIRST_CHECKS = ["CLOCK", "IGNORED_CHECKS"] as const;
const ETCD = ["ETCD_IMAGE", "FILES", "FIRST_MEMBER", "INSTANCES", "PEERS"] as const;
const COMMANDS = ["POST_COMMANDS", "PRE_COMMANDS"] as const;
const JOIN = [...COMMANDS, "API_ENDPOINT", "CA_CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY", "FILES", "JOIN_FILES", "PATCHES"] as const;
const CHANGE = ["KUBERNETES_VERSION", "NODE_NAME", "OWNER", "POOL", "RUN"] as const;

/** Variables that each script reads and does not set. */
const READ = {
  prepare: [...FACTS, ...SOFTWARE, ...FIRST_CHECKS],
  renewCertificates: ["NODE_ADDRESS", "NODE_NAME"],
  bastion: [...FACTS, "FILES", "MAX_STARTUPS"],
  controlPlane: [
    ...COMMANDS,
    ...FACTS,
    ...SOFTWARE,
    "TOPOLOGY",
    "API_ADDRESSES",
    "ETCD",
    "FILES",
    "FIRST_NODE",
    "FIRST_RUN",
    "KEY_PHASES",
    "PEERS",
    "RESTORE",
    "SCHEDULABLE",
    "VIRTUAL_ADDRESS",
  ],
  reconcileControlPlanes: ["DNS_REPLICAS", "ETCD", "KUBERNETES_VERSION", "NODE_NAME", "WANTED_NODES"],
  completeRotation: ["KEY_PHASES", "NODE_NAME"],
  etcd: [...FACTS, ...SOFTWARE, ...COMMANDS, ...ETCD, "FIRST_RUN", "RESTORE", "VOLUME_GIB", "VOLUME_ID"],
  restoreEtcd: [
    ...["ETCD", "ETCD_IMAGE", "FILES", "FIRST_RUN", "IMAGE_REPOSITORY", "INSTANCE_ID", "KUBERNETES_VERSION", "LOST"],
    ...["MEMBERS", "NODE_ADDRESS", "NODE_NAME", "RESTORE", "RESTORE_SETTINGS", "VOLUME_GIB", "VOLUME_ID"],
  ],
  reconcileEtcd: ["INSTANCES", "NODE_NAME", "PEERS", "WANTED_MEMBERS"],
  admitNodes: ["BATCH", "MACHINES", "NODE_NAME", "OWNER", "POOL"],
  worker: [...FACTS, ...SOFTWARE, "IGNORED_CHECKS", "SCRIPT_DIGEST", "TOPOLOGY", ...JOIN],
  lastScript: [],
  beginNodeChange: [...CHANGE, "CANDIDATES", "DRAIN_SECONDS", "MAX_UNAVAILABLE", "PATIENCE_SECONDS"],
  endNodeChange: [...CHANGE, "CHANGED_NODE", "CHANGE_FAILED"],
  reconcilePool: [
    ...["ABSENT_MACHINES", "BATCH", "DRAIN_SECONDS", "FAILED_NODES", "LABELS"],
    ...["NODE_LABELS", "NODE_NAME", "OWNER", "POOL", "TAINTS", "WANTED_NODES"],
  ],
  importedPrepare: [...FACTS, ...SOFTWARE, ...FIRST_CHECKS, "OWNER"],
  importedJoin: [...FACTS, ...SOFTWARE, "IGNORED_CHECKS", "SCRIPT_DIGEST", "TOPOLOGY", ...JOIN],
  importedReset: ["NODE_NAME", "OWNER"],
  machineReport: ["INSTANCES"],
} as const satisfies Required<Lists>;

/** Variables that are there all the same: facts that others need, and a reason to run again. */
const NOT_READ = {
  controlPlane: ["IGNORED_CHECKS"],
  etcd: ["FLAVOR_ID", "IGNORED_CHECKS"],
  worker: ["RESTORE"],
  importedJoin: ["RESTORE"],
  reconcileControlPlanes: ["FAILED_NODES", "RESTORE"],
  completeRotation: ["FAILED_NODES"],
  reconcileEtcd: ["FAILED_NODES"],
  importedReset: ["INSTANCE_ID", "NODE_ADDRESS"],
  machineReport: ["NODE_NAME"],
  lastScript: ["NODE_NAME"],
} as const satisfies Lists;

type NotRead<Name> = Name extends keyof typeof NOT_READ ? (typeof NOT_READ)[Name][number] : never;

it.each(Object.entries(READ))("declares the variables that %s reads and does not set", (name, variables: readonly string[]) => {
  expect(variablesOf(nodeScript(name as ScriptName)).unset).toEqual([...variables].sort());
});

it("declares no variable that a script does not read, but for those named here", () => {
  type Unnamed = { [Name in ScriptName]: Exclude<Variable<Name>, (typeof READ)[Name][number] | NotRead<Name>> }[ScriptName];
  expectTypeOf<Unnamed>().toBeNever();
});
