/** Variables that a script gets beside its input, by the script's name: from `remote`, or from the fan-out. */
export interface ScriptFacts {
  prepare: MachineFacts & ClockFact;
  bastion: MachineFacts;
  controlPlane: NodeFacts & FirstRunFact;
  /** From the timer's unit. */
  renewCertificates: Pick<MachineFacts, "NODE_NAME" | "NODE_ADDRESS">;
  reconcileControlPlanes: ReconcileFacts;
  completeRotation: ReconcileFacts;
  etcd: MachineFacts & FirstRunFact;
  restoreEtcd: MachineFacts & FirstRunFact;
  reconcileEtcd: ReconcileFacts;
  admitNodes: AdmissionFacts;
  worker: NodeFacts & NodeCredential & DigestFact;
  lastScript: Pick<MachineFacts, "NODE_NAME">;
  beginNodeChange: RunFacts & CandidatesFact;
  endNodeChange: RunFacts & ChangedNodeFacts;
  reconcilePool: ReconcileFacts;
  importedPrepare: MachineFacts & ClockFact;
  importedJoin: NodeFacts & NodeCredential & DigestFact;
  importedReset: MachineFacts;
  machineReport: Pick<MachineFacts, "NODE_NAME">;
}

/** Facts about the machine that a script runs on. */
export interface MachineFacts {
  NODE_NAME: string;
  NODE_ADDRESS: string;
  INSTANCE_ID: string;
}

/** Time of the machine that runs Pulumi when the script starts, in seconds since 1970. The fan-out adds it. */
export interface ClockFact {
  CLOCK: string;
}

/** Facts about the machine of a node. */
export interface NodeFacts extends MachineFacts {
  /** Labels that tell the node's place, separated by spaces. Imported servers have none. */
  TOPOLOGY?: string;
}

/** "yes" while no run of the script's resource has succeeded. */
export interface FirstRunFact {
  FIRST_RUN?: string;
}

/** Credential from admitNodes for a machine that has not joined, base64. */
export interface NodeCredential {
  CLIENT_CERTIFICATE?: string;
  CLIENT_KEY?: string;
}

/** Digest of the script and its input. The fan-out adds it where nodes are changed few at a time. */
export interface DigestFact {
  SCRIPT_DIGEST: string;
}

/** Facts for the first control plane that answers, before the machines of a batch get their script. */
export interface AdmissionFacts {
  NODE_NAME: string;
  /** Lines of name, id and address. */
  MACHINES: string;
}

/** Facts for the first machine that answers, after all others have ended. */
export interface ReconcileFacts {
  NODE_NAME: string;
  /** Names of the machines whose script failed. */
  FAILED_NODES: string;
}

/** Facts for the first control plane that answers, while nodes of a pool are changed. */
export interface RunFacts {
  NODE_NAME: string;
  /** Time in seconds at which the run of Pulumi has started, and an id of the run. */
  RUN: string;
}

/** Nodes that have run an earlier script. */
export interface CandidatesFact {
  /** Lines of name, id of the machine, and digest of the script and input that it will run. */
  CANDIDATES: string;
}

/** Node whose script has ended. */
export interface ChangedNodeFacts {
  CHANGED_NODE: string;
  /** "yes" when the script failed; empty otherwise. */
  CHANGE_FAILED: string;
}
