import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { Stack } from "./support/stack.ts";

const DAY = 24 * 60 * 60 * 1000;

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.create();
});
afterAll(() => stack?.remove());

/** Program with the keys of a cluster, which runs some days from now. */
const inDays = (days: number) => `
  import { ClusterPki } from ${JSON.stringify(`${repositoryDir}components/index.ts`)};
  const Present = Date;
  globalThis.Date = class extends Present {
    constructor(...given) {
      if (given.length > 0) super(...given);
      else super(Present.now() + ${days * DAY});
    }
    static now() {
      return Present.now() + ${days * DAY};
    }
  };
  const pki = new ClusterPki("demo", { clusterName: "demo" });
  export const kubeconfig = pki.adminKubeconfig("a:1");`;

async function administrator(): Promise<{ ca: string; end: number; certificate: string }> {
  const { clusters, users } = parse(await stack.pulumi("stack", "output", "kubeconfig", "--show-secrets"));
  const certificate = Buffer.from(users[0].user["client-certificate-data"], "base64").toString();
  const end = new X509Certificate(certificate).validToDate.getTime();
  return { ca: clusters[0].cluster["certificate-authority-data"], end: Math.round((end - Date.now()) / DAY), certificate };
}

it("signs the administrator's certificate anew once two thirds of its validity have passed, and shows no change before and after", async () => {
  await stack.up(inDays(0));
  const first = await administrator();
  expect(first.end).toBe(365);
  expect(await stack.up(inDays(243))).not.toContain("demo-administrator");
  expect(await administrator()).toEqual(first);
  expect(await stack.preview(inDays(244))).toContain("demo-administrator");
  await stack.up(inDays(244));
  const second = await administrator();
  expect(second).toEqual({ ca: first.ca, end: 244 + 365, certificate: expect.any(String) });
  expect(await stack.up(inDays(480))).not.toContain("demo-administrator");
  expect(await administrator()).toEqual(second);
});
