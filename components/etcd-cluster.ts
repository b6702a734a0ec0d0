import type * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "../lib/pki/certificates.ts";

/** How clients reach an etcd. Plain data, so that any program can supply it. */
export interface EtcdClient {
  /** URLs of the members, like "https://10.40.0.20:2379". */
  endpoints: pulumi.Input<string[]>;
  /** Certificate of the authority that signed the members' certificates, PEM. */
  authority: pulumi.Input<string>;
  /** Client certificate and key, PEM. */
  client: pulumi.Input<KeyPair>;
  /** Known once etcd answers; nothing asks it before. @default at once */
  ready?: pulumi.Input<unknown>;
}
