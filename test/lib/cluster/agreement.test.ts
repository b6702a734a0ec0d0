import type { Input, Output } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { z } from "zod";
import type { AddOnSettings, addOns } from "../../../lib/add-ons/settings.ts";
import type { ApiEndpointSettings, apiEndpoint } from "../../../lib/api-endpoint/settings.ts";
import { cluster, type KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import type { CniSettings, cni } from "../../../lib/cni/settings.ts";
import type { ControlPlaneSettings, controlPlane } from "../../../lib/control-plane/settings.ts";
import type { EtcdSettings, etcd } from "../../../lib/etcd/settings.ts";
import type { configurationOnly, KubeletSettings, kubelet, SchedulerSettings } from "../../../lib/kubeadm/settings.ts";
import type { NetworkSettings, network } from "../../../lib/network/settings.ts";
import type { MachineSettings, machine } from "../../../lib/node/machine-settings.ts";
import type { ContainerRuntimeSettings, containerRuntime } from "../../../lib/node/settings.ts";
import type { CertificateSettings, certificates } from "../../../lib/pki/settings.ts";
import type { ConcurrencySettings, concurrency, PoolSettings, pool } from "../../../lib/pool/settings.ts";
import type { ProxySettings, proxy } from "../../../lib/proxy/settings.ts";
import type { RegistrySettings, registries } from "../../../lib/registries/settings.ts";
import type { RotationSettings, rotation } from "../../../lib/rotation/settings.ts";
import type { ScaleSettings, scale } from "../../../lib/scale-profile/settings.ts";
import type { SshSettings, ssh } from "../../../lib/ssh/settings.ts";

/** Value that Pulumi may know later; the comparison does not look into it. */
type Later = Output<unknown> | Promise<unknown>;

/** Type without the difference between a missing and an undefined property, which zod does not make. */
type Exact<T> = T extends Later ? T : T extends object ? { [Key in keyof T]: Exact<Exclude<T[Key], undefined>> } : T;

/** True when two types are the same: neither has a property, a choice or an option that the other lacks. */
type Same<A, B> = (<T>() => T extends Exact<A> ? 1 : 2) extends <T>() => T extends Exact<B> ? 1 : 2 ? true : false;

/** Compiles only for a schema and an interface that agree in both directions. */
function agree<Schema extends z.ZodType, Declared>(_same: Same<z.input<Schema>, Declared>): void {}

it("the schema and interface of each section agree at compile time", () => {
  agree<typeof machine, MachineSettings>(true);
  agree<typeof network, NetworkSettings>(true);
  agree<typeof apiEndpoint, ApiEndpointSettings>(true);
  agree<typeof controlPlane, ControlPlaneSettings>(true);
  agree<typeof etcd, EtcdSettings>(true);
  agree<typeof pool, PoolSettings>(true);
  agree<typeof certificates, CertificateSettings>(true);
  agree<typeof concurrency, ConcurrencySettings>(true);
  agree<typeof rotation, RotationSettings>(true);
  agree<typeof cni, CniSettings>(true);
  agree<typeof configurationOnly, SchedulerSettings>(true);
  agree<typeof kubelet, KubeletSettings>(true);
  agree<typeof registries, RegistrySettings>(true);
  agree<typeof proxy, ProxySettings>(true);
  agree<typeof containerRuntime, ContainerRuntimeSettings>(true);
  agree<typeof scale, ScaleSettings>(true);
  agree<typeof ssh, SshSettings>(true);
  agree<typeof addOns, AddOnSettings>(true);
  agree<typeof cluster, KubernetesClusterArgs>(true);
});

it("the comparison finds a missing property, another choice and another option", () => {
  agree<z.ZodObject<{ a: z.ZodString }>, { a: string; b?: string }>(false);
  agree<z.ZodObject<{ a: z.ZodString }>, { a?: string }>(false);
  agree<z.ZodObject<{ a: z.ZodEnum<{ x: "x" }> }>, { a: "x" | "y" }>(false);
  agree<z.ZodObject<{ a: z.ZodString }>, { a: Input<string> }>(false);
  agree<z.ZodObject<{ a: z.ZodString }>, { a: string }>(true);
});

it("zod itself makes the JSON Schema of the whole", () => {
  const { properties = {}, required } = z.toJSONSchema(cluster, { io: "input" });
  expect(Object.keys(properties).length).toBe(Object.keys(cluster.shape).length);
  expect(required).toEqual(["network", "apiEndpoint", "controlPlane"]);
});
