import type { ConfigurationFile } from "./configuration.ts";

/**
 * When a service starts: `base` is what OpenStack stands on (database, message queue, libvirt), `identity` is Keystone, `control`
 * is all that needs Keystone's service users, and `agents` do the work: a call to a control service that does not listen yet
 * is lost, and an agent would wait for its answer for minutes.
 */
export const stages = ["base", "identity", "control", "agents"] as const;
export type Stage = (typeof stages)[number];

/** Parts of the cloud that are started when they are asked for. The services of each are a stage of their own. */
export const parts = ["designate", "octavia", "cinder"] as const;
export type Part = (typeof parts)[number];

/** A long-running program that supervisord keeps alive. */
export interface Service {
  name: string;
  stage: Stage | Part;
  command: readonly string[];
  /** TCP port on 127.0.0.1 that answers once the service is ready. @default - ready as soon as it runs */
  port?: number;
  /** @default root */
  user?: string;
  environment?: Readonly<Record<string, string>>;
  /** @default KILL: OpenStack's services must survive it, and otherwise take seconds to end */
  stopSignal?: "KILL" | "TERM";
}

/** A service of the Keystone catalogue. */
export interface Endpoint {
  name: string;
  type: string;
  url: string;
}

/** Everything that one part of the cloud needs; a new part of OpenStack is one more of these in the list of components. */
export interface Component {
  packages: readonly string[];
  configuration?: readonly ConfigurationFile[];
  databases?: readonly string[];
  /** Commands that fill the databases, one after the other. */
  schema?: readonly (readonly string[])[];
  endpoint?: Endpoint;
  services: readonly Service[];
}

/** A part of the cloud that is started when it is asked for. */
export interface OptionalComponent extends Component {
  /** Folders below the data folder, and the system users that they belong to. */
  folders?: Readonly<Record<string, string>>;
  /** Roles that the API wants of the project's user. */
  roles?: readonly string[];
  /** Commands that complete the part once its services answer, one after the other. */
  completion?: readonly (readonly string[])[];
  /** Name server for commands in the cloud's network from then on. */
  nameServer?: string;
}
