import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { input, object } from "../schema.ts";

/**
 * Proxies of the machines: apt, containerd and the kubelet use them, for packages and container images. kubeadm and the control plane do not: they fetch
 * nothing, and would write the proxies into the API; `controlPlane.extraEnvs` is for programs that need one. Pods do not have them either.
 */
export interface ProxySettings {
  /** Proxy of http:// URLs, like "http://proxy.example.com:3128"; a secret, when it has a user name and password. @default none */
  http?: Input<string>;
  /** Proxy of https:// URLs, like most registries. @default none */
  https?: Input<string>;
  /**
   * Hosts, domains (".example.com", with all names below them), addresses and networks that are reached without a proxy. localhost, the metadata service, the
   * cluster's own networks, names and API endpoint always are. @default none
   */
  no?: Input<string>[];
}

/** Schema of ProxySettings. @internal */
export const proxy = object({ http: input.optional(), https: input.optional(), no: z.array(input).optional() });
