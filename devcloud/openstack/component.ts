import type { ConfigurationFile } from "./configuration.ts";

/**
 * Stages of the start, in order. `base` is what OpenStack runs on (database, message queue, libvirt), `identity` is Keystone, and `control`
 * has the services that need Keystone's service users. `agents` come last: a call to a control service that does not listen yet is lost,
 * and an agent would wait minutes for the answer.
 */
export const stages = ["base", "identity", "control", "agents"] as const;
export type Stage = (typeof stages)[number];

/** Optional parts of the cloud, started on demand. The services of each part are a stage of their own. */
export const parts = ["designate", "octavia", "cinder", "registry", "proxy", "s3"] as const;
export type Part = (typeof parts)[number];

/** Long-running program that supervisord restarts. */
export interface Service {
  name: string;
  stage: Stage | Part;
  command: readonly string[];
  /** TCP port on 127.0.0.1 that answers when the service is ready. @default - ready as soon as it runs */
  port?: number;
  /** @default root */
  user?: string;
  environment?: Readonly<Record<string, string>>;
  /** @default KILL: OpenStack's services must survive it, and take seconds to end otherwise */
  stopSignal?: "KILL" | "TERM";
}

/** Service in Keystone's catalogue. */
export interface Endpoint {
  name: string;
  type: string;
  url: string;
}

/** Everything that one part of the cloud needs. A new part of OpenStack is a new entry in the list of components. */
export interface Component {
  packages: readonly string[];
  configuration?: readonly ConfigurationFile[];
  databases?: readonly string[];
  /** Commands that fill the databases, in order. */
  schema?: readonly (readonly string[])[];
  endpoint?: Endpoint;
  services: readonly Service[];
}

/** Part of the cloud that is started on demand. */
export interface OptionalComponent extends Component {
  /** Folders below the data folder, with the system user that owns each. */
  folders?: Readonly<Record<string, string>>;
  /** Makes further files that the services read at their start. */
  prepare?: () => Promise<void>;
  /** Roles that the API requires of the project's user. */
  roles?: readonly string[];
  /** Commands that complete the part once its services answer, in order. */
  completion?: readonly (readonly string[])[];
  /** Name server that commands in the cloud's network use once the part runs. */
  nameServer?: string;
}
