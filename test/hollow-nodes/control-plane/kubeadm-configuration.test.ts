import { execFile } from "node:child_process";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheDir } from "../../../devcloud/support/paths.ts";
import { isValidCluster } from "../../../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import { fixedSettings } from "../../../lib/cluster/shape.ts";
import { initConfiguration } from "../../../lib/kubeadm/init.ts";
import { joinConfiguration } from "../../../lib/kubeadm/join.ts";
import { INSTANCE_ID, NODE_ADDRESS, NODE_NAME } from "../../../lib/kubeadm/node-registration.ts";
import { DISCOVERY } from "../../../lib/kubeadm/paths.ts";
import { minorOf, SUPPORTED_MINORS } from "../../../lib/node/kubernetes-version.ts";
import { scaledArgs } from "../../../lib/scale-profile/scaled-args.ts";
import { mini } from "../../support/cluster-args.ts";

/** kubeadm of each supported minor version that is there, by its full version. No version is built for this test. */
const KUBEADMS = globSync("toolchain/kubernetes/*/kubeadm", { cwd: cacheDir })
  .map((path) => ({ version: basename(dirname(path)).split("-")[0]!, executable: join(cacheDir, path) }))
  .filter(({ version }) => SUPPORTED_MINORS.some((minor) => minor === minorOf(version)));

/** Configurations a kubeadm is given; each takes it about 100 ms. */
const RUNS = 30;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "caravan-kubeadm-"));
  writeFileSync(join(folder, "discovery.conf"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Returns kubeadm's messages about a configuration: empty when it accepts it without a warning. */
async function complaints(executable: string, configuration: string): Promise<string> {
  const file = join(folder, "configuration.yaml");
  const marks = { [NODE_NAME]: "demo-0", [NODE_ADDRESS]: "10.40.0.10", [INSTANCE_ID]: "0", [DISCOVERY]: join(folder, "discovery.conf") };
  writeFileSync(
    file,
    Object.entries(marks).reduce((text, [mark, value]) => text.replaceAll(mark, value), configuration),
  );
  try {
    const { stdout, stderr } = await promisify(execFile)(executable, ["config", "validate", "--config", file]);
    return `${stdout}${stderr}`.replace(/^ok\n/, "");
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error);
  }
}

/** The configuration of the first control plane, as the components make it of a cluster's arguments. */
function initOf(given: KubernetesClusterArgs, kubernetesVersion: string): string {
  const args = scaledArgs(given);
  const { podCidr, serviceCidr, nodeCidrMask, kubeProxy } = fixedSettings(args);
  const host = args.apiEndpoint.type === "external" ? String(args.apiEndpoint.host) : "10.40.0.5";
  const external = args.etcd?.topology === "external" ? { etcdEndpoints: ["https://10.40.0.20:2379", "https://10.40.0.21:2379"] } : {};
  return initConfiguration({
    cluster: {
      clusterName: "demo",
      kubernetesVersion,
      endpoint: `${host}:6443`,
      certificateNames: [host, "10.40.0.10"],
      podCidr,
      serviceCidr,
      nodeCidrMask,
      kubeProxy,
      imageRepository: args.registries?.imageRepository,
      extraArgs: args.controlPlane.extraArgs,
      extraEnvs: args.controlPlane.extraEnvs,
      ...external,
    },
    kubelet: args.kubelet,
    kubeProxy: args.kubeProxy,
    registration: { ignorePreflightErrors: args.ignorePreflightErrors },
  });
}

const word = (pattern: RegExp) => fc.stringMatching(pattern, { size: "small" });
const flags = fc.dictionary(word(/^[a-z][a-z-]{0,20}$/), fc.string({ unit: "grapheme", maxLength: 20 }), { maxKeys: 3 });
const variables = fc.dictionary(word(/^[A-Za-z_][A-Za-z0-9_]{0,10}$/), fc.string({ unit: "grapheme", maxLength: 20 }), { maxKeys: 3 });
const programs = <T>(values: fc.Arbitrary<T>) =>
  fc.record({ apiServer: values, controllerManager: values, scheduler: values }, { requiredKeys: [] });
const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });

/** Arguments around the edges of the rules, many of which the rules refuse. */
const clusters = fc
  .record({
    shape: optional({
      podCidr: fc.constantFrom("10.244.0.0/16", "10.128.0.0/9", "172.20.0.0/20", "10.244.0.0/22"),
      serviceCidr: fc.constantFrom("10.96.0.0/12", "10.112.0.0/28", "10.112.0.0/29", "192.168.0.0/16"),
      nodeCidrMask: fc.integer({ min: 20, max: 26 }),
      kubelet: optional({
        maxPods: fc.constantFrom(10, 50, 110, 251),
        configuration: fc.constantFrom({}, { failCgroupV1: false }, { kind: "Kubelet" }),
      }),
      cni: fc.constantFrom({ type: "cilium" }, { type: "flannel" }, { type: "none" }),
      etcd: fc.constantFrom({ topology: "stacked" }, { topology: "external", machine: mini.controlPlane.machine }),
      registries: fc.record({ imageRepository: word(/^[a-z0-9]{1,8}[.:_-]{0,2}[a-z0-9]{1,8}(\/[a-z0-9._-]{1,8})?$/) }),
      ignorePreflightErrors: fc.uniqueArray(fc.constantFrom("all", "Swap", "SystemVerification", "Port-6443", "a b"), { maxLength: 3 }),
      scale: fc.record({ nodes: fc.constantFrom(1, 100, 500, 4000) }),
    }),
    host: word(/^[A-Za-z0-9-]{1,8}(\.[a-z0-9-]{1,8})?$/),
    extraArgs: programs(flags),
    extraEnvs: programs(variables),
  })
  .map(
    ({ shape, host, extraArgs, extraEnvs }) =>
      ({
        ...mini,
        apiEndpoint: { type: "external", host, allowedCidrs: ["198.51.100.0/24"] },
        ...shape,
        controlPlane: { ...mini.controlPlane, extraArgs, extraEnvs },
      }) as KubernetesClusterArgs,
  );

describe.skipIf(KUBEADMS.length === 0).each(KUBEADMS)("kubeadm $version", ({ version, executable }) => {
  it("accepts the configuration of each cluster that the rules accept", async () => {
    const valid = clusters.filter((args) => isValidCluster("demo", args));
    const isAccepted = async (args: KubernetesClusterArgs) => {
      expect(await complaints(executable, initOf(args, version))).toBe("");
    };
    await fc.assert(fc.asyncProperty(valid, isAccepted), { numRuns: RUNS });
  });

  it("accepts the configuration with which nodes join", async () => {
    const taints = [{ key: "gpu", value: "true", effect: "NoSchedule" as const }];
    for (const controlPlane of [true, false])
      expect(
        await complaints(
          executable,
          joinConfiguration({ controlPlane, patches: folder, registration: { labels: { tier: "web" }, taints } }),
        ),
      ).toBe("");
  });

  it("refuses what the rules refuse", async () => {
    expect(
      await complaints(executable, initOf({ ...mini, registries: { imageRepository: "https://registry.example.com" } }, version)),
    ).toContain("imageRepository");
    expect(await complaints(executable, initOf({ ...mini, serviceCidr: "10.96.0.0/29" }, version))).toContain("serviceSubnet");
  });
});
