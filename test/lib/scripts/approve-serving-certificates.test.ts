import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node-scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

/** Runs the script in a cluster with the node web-1 and these requests, each as the script's own query prints it. */
function approve(requests: string[]) {
  node.write("run/requests", requests.map((request) => `${request}\n`).join(""));
  const kubectl = `kubectl() {
    case $* in
      "get certificatesigningrequests "*) cat /run/requests ;;
      "get node web-1 "*) echo '10.40.0.20 192.0.2.20' ;;
      "get node "*) return 1 ;;
      *) record "$@" ;;
    esac
  }`;
  return node.run("", readScript("approve-serving-certificates.sh"), {}, kubectl);
}

it("approves what names nothing but its own node", () => {
  expect(approve([`csr-1 system:node:web-1  ${request("web-1", "DNS:web-1,IP:10.40.0.20")}`])).toMatchObject({ code: 0, stderr: "" });
  expect(node.calls).toEqual(["certificate approve csr-1"]);
});

it.each([
  ["another node's name", "web-1", "DNS:web-1,DNS:web-2"],
  ["an address of somebody else", "web-1", "DNS:web-1,IP:10.40.0.2"],
  ["a service", "web-1", "DNS:kubernetes.default.svc"],
  ["a mail address", "web-1", "DNS:web-1,email:root@example.com"],
  ["another node as its subject", "web-2", "DNS:web-1,IP:10.40.0.20"],
])("leaves what names %s alone, and says so", (_, subject, names) => {
  expect(approve([`csr-1 system:node:web-1  ${request(subject, names)}`])).toMatchObject({
    code: 0,
    stderr: "request csr-1 of system:node:web-1 names more than its own node: left alone\n",
  });
  expect(node.calls).toEqual([]);
});

it("leaves decided requests alone", () => {
  approve([`csr-1 system:node:web-1 Approved ${request("web-1", "DNS:web-1")}`]);
  expect(node.calls).toEqual([]);
});

it("goes on with other requests when one outlived its node or is broken", () => {
  approve([
    `csr-1 system:node:web-9  ${request("web-9", "DNS:web-9")}`,
    "csr-2 system:node:web-1  bm9uc2Vuc2U=",
    `csr-3 system:node:web-1  ${request("web-1", "DNS:web-1")}`,
  ]);
  expect(node.calls).toEqual(["certificate approve csr-3"]);
});

/** A kubelet's request for a serving certificate, as the API gives it. */
function request(name: string, subjectAltName: string): string {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"];
  const subject = ["-subj", `/O=system:nodes/CN=system:node:${name}`, "-addext", `subjectAltName=${subjectAltName}`];
  const pem = execFileSync("openssl", ["req", "-new", ...key, ...subject], { stdio: ["ignore", "pipe", "ignore"] });
  return pem.toString("base64");
}
