import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { KubernetesCluster } from "../../components/index.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { mini } from "../support/cluster-args.ts";
import { deploy, isSecret, type Registered } from "../support/deploy.ts";
import { filesOf, orderOf, variable } from "../support/orders.ts";

const PASSWORD = "correct-horse";
const PROXY = `http://me:${PASSWORD}@proxy.example.com:3128`;
const hosts = { "registry.example.com:5000": { username: "me", password: PASSWORD } };

const planOf = (more: Partial<KubernetesClusterArgs>) => deploy(() => new KubernetesCluster("mini", { ...mini, ...more }));
const CONTACTS = ["mini-control-plane-contact", "mini-default-contact-0"];

/** Exceptions from the proxy in the order of a contact. */
const exceptions = (plan: Registered[], contact: string) => {
  const { content } = filesOf(orderOf(plan, contact).input, "SOFTWARE_FILES").find(({ path }) => path === "/etc/caravan/proxy.env")!;
  return /^NO_PROXY=(.*)$/m.exec(content)![1]!.split(",").slice(6);
};

it("excepts the cluster's own networks and the endpoint of its API from the proxy, on all nodes", async () => {
  const network = { ...mini.network, nodeCidrs: ["192.0.2.0/24"] };
  const apiEndpoint = { type: "external" as const, host: pulumi.output("api.example.com"), allowedCidrs: ["198.51.100.0/24"] };
  const plan = await planOf({ network, apiEndpoint, proxy: { https: PROXY, no: [".intern", pulumi.output("10.9.0.0/16")] } });
  const own = ["10.40.0.0/16", "10.244.0.0/16", "10.96.0.0/12", "192.0.2.0/24", "api.example.com"];
  for (const contact of CONTACTS) expect(exceptions(plan, contact)).toEqual([".intern", "10.9.0.0/16", ...own]);
});

it("gives all nodes the credentials of registries, also those that become known later", async () => {
  const later = { "registry.example.com:5000": { username: "me", password: pulumi.secret(PASSWORD) } };
  for (const given of [hosts, later]) {
    const plan = await planOf({ registries: { imageRepository: "registry.example.com:5000/kubernetes", hosts: given } });
    for (const contact of CONTACTS) {
      const { input } = orderOf(plan, contact);
      expect(variable(input, "IMAGE_REPOSITORY")).toBe("registry.example.com:5000/kubernetes");
      expect(variable(input, "REGISTRY_CREDENTIALS")).toContain(`password = "${PASSWORD}"`);
    }
  }
});

it("a pool's registries take the place of the cluster's property by property", async () => {
  const registries = { imageRepository: "registry.example.com:5000/kubernetes", mirrors: { "docker.io": ["https://m"] }, hosts };
  const own = { mirrors: { "quay.io": ["https://q"] } };
  const plan = await planOf({ registries, pools: { default: { ...mini.pools.default, registries: own } } });
  const { input } = orderOf(plan, "mini-default-contact-0");
  const folders = filesOf(input, "SOFTWARE_FILES").flatMap(({ path }) => /certs\.d\/(.*)\/hosts\.toml/.exec(path)?.[1] ?? []);
  expect(folders).toEqual(["quay.io"]);
  expect(variable(input, "IMAGE_REPOSITORY")).toBe("registry.example.com:5000/kubernetes");
  expect(variable(input, "REGISTRY_CREDENTIALS")).toContain(`password = "${PASSWORD}"`);
});

it("shows no password of a registry or proxy, even if the program gave it in the clear", async () => {
  const plan = await planOf({ registries: { hosts }, proxy: { http: PROXY, https: PROXY } });
  const clear = JSON.stringify(
    plan.map(({ inputs }) => inputs),
    (_, value) => (isSecret(value) ? "secret" : value),
  );
  expect(clear).not.toContain(PASSWORD);
  expect(clear).not.toContain(Buffer.from(PASSWORD).toString("base64").slice(0, 12));
});
