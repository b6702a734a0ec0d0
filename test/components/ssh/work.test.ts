import * as pulumi from "@pulumi/pulumi";
import { expectTypeOf, it } from "vitest";
import type { Work } from "../../../components/ssh/work.ts";

it("accepts a script with its own variables, known or not", () => {
  const input = { OWNER: "demo/gpu" };
  expectTypeOf({ script: "importedReset", input, deadline: 300 } as const).toExtend<Work>();
  expectTypeOf({ script: "importedReset", input: pulumi.output(input), deadline: 300 } as const).toExtend<Work>();
});

it("refuses a variable that is missing, misspelt or another script's", () => {
  // @ts-expect-error: BATCH is missing.
  void ({ script: "admitNodes", input: { OWNER: "id-1", POOL: "web" }, deadline: 300 } satisfies Work);
  // @ts-expect-error: its name is OWNER.
  void ({ script: "importedReset", input: { OWNERS: "demo/gpu" }, deadline: 300 } satisfies Work);
  // @ts-expect-error: a misspelt optional variable.
  void ({ script: "reconcileControlPlanes", input: { WANTED_NODES: "", ETCD: "stacked", DNS_REPLICA: "2" }, deadline: 300 } satisfies Work);
  // @ts-expect-error: variables of another script.
  void ({ script: "importedReset", input: pulumi.output({ PEERS: "", INSTANCES: "" }), deadline: 300 } satisfies Work);
});
