import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { chartRepository } from "../../../devcloud/image/charts.ts";
import { run } from "../../../devcloud/support/run.ts";
import { recipeKey, toolDir } from "../../../devcloud/toolchain/recipe.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";
import { ciliumValues } from "../../../lib/cni/cilium-values.ts";
import { flannelValues } from "../../../lib/cni/flannel-values.ts";

const helm = join(toolDir("helm"), recipeKey("helm"), "helm");
const facts = { clusterName: "demo", apiHost: "10.40.0.10", apiPort: 6443, nodes: 3 };

/** Renders a chart with the library's values and returns the `data` of one of its ConfigMaps. */
type Rendered = (chart: "cilium" | "flannel", values: object, configMap: string) => Promise<Record<string, string>>;

// Building helm takes minutes, so these tests run only where it is built already, as on every machine with a devcloud.
describe.runIf(existsSync(helm))("the charts of the network plugins", () => {
  let rendered: Rendered;

  beforeAll(async () => {
    const { dir } = await chartRepository();
    rendered = async (chart, values, configMap) => {
      const version = chart === "flannel" ? `v${tools.flannel.version}` : tools.cilium.version;
      const args = ["template", chart, join(dir, `${chart}-${version}.tgz`), "--values", "-"];
      const output = await run(helm, args, { input: JSON.stringify(values), deadline: 60 });
      const objects = parseAllDocuments(output).map((document) => document.toJS());
      return objects.find((object) => object?.kind === "ConfigMap" && object.metadata.name === configMap).data;
    };
  });

  it("make Cilium keep its state in custom resources, and endpoints in slices", async () => {
    expect(await rendered("cilium", ciliumValues(facts), "cilium-config")).toMatchObject({
      "enable-cilium-endpoint-slice": "true",
      "identity-allocation-mode": "crd",
      ipam: "kubernetes",
      "kube-proxy-replacement": "true",
    });
  });

  it("make Cilium keep its state in etcd, and nothing in custom resources", async () => {
    const values = ciliumValues({ ...facts, etcdEndpoints: ["https://10.40.0.20:2479"] });
    const config = await rendered("cilium", values, "cilium-config");
    expect(config).toMatchObject({ "disable-endpoint-crd": "true", "identity-allocation-mode": "kvstore", kvstore: "etcd" });
    expect(config).not.toHaveProperty("enable-cilium-endpoint-slice");
    expect(parseAllDocuments(config["etcd-config"]!).at(-1)!.toJS()).toEqual({
      endpoints: ["https://10.40.0.20:2479"],
      "trusted-ca-file": "/var/lib/etcd-secrets/etcd-client-ca.crt",
      "key-file": "/var/lib/etcd-secrets/etcd-client.key",
      "cert-file": "/var/lib/etcd-secrets/etcd-client.crt",
    });
  });

  it("make flannel connect the pods' network by VXLAN", async () => {
    const config = await rendered("flannel", flannelValues({ podCidr: "10.1.0.0/16", port: 4789 }), "kube-flannel-cfg");
    expect(JSON.parse(config["net-conf.json"]!)).toEqual({ Network: "10.1.0.0/16", Backend: { Port: 4789, Type: "vxlan" } });
  });
});
