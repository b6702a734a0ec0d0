import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { input, object, text, texts } from "../schema.ts";

/** CA and credentials of a registry or mirror. */
export interface RegistryHostSettings {
  /** Certificates, PEM, of the CAs that sign the certificate of the registry; beside those that the machine trusts. @default those alone */
  ca?: Input<string>;
  /** User name. @default the registry is asked without credentials */
  username?: Input<string>;
  /** Password or token of the user, a secret. @default none, and no user name either */
  password?: Input<string>;
}

/** Sources of container images; changed in place. */
export interface RegistrySettings {
  /**
   * Mirrors of registries, tried in order before the registry itself: { "docker.io": ["https://mirror.example.com"] }. "_default" stands for all registries
   * that are not named. containerd appends /v2 to a path, unless /v2 is in it: "https://harbor.example.com/v2/docker-hub" is used as it stands. @default none
   */
  mirrors?: Record<string, string[]>;
  /** Registry of the control plane's images and of the sandbox image (pause), for air-gapped sites. @default registry.k8s.io */
  imageRepository?: string;
  /**
   * CAs and credentials by host of a registry or mirror, with its port: { "registry.example.com:5000": { username, password } }. Credentials restart containerd;
   * containers survive that. @default none
   */
  hosts?: Record<string, RegistryHostSettings>;
}

const host = object({ ca: input.optional(), username: input.optional(), password: input.optional() });

/** Schema of RegistrySettings. @internal */
export const registries = object({
  mirrors: z.record(z.string(), texts).optional(),
  imageRepository: text.optional(),
  hosts: z.record(z.string(), host).optional(),
});
