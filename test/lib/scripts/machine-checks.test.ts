import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeScript, readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode, suitable } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/os-release", "ID=ubuntu\nID_LIKE=debian\n");
});
afterEach(() => node.remove());

const variables = { KUBERNETES_VERSION: "1.36.3", IGNORED_CHECKS: "", CLOCK: "1000000" };

/** Checks a machine that the library has made. Returns the reasons why it is unfit, and what follows them. */
function check(stubs: string, more: Record<string, string> = {}): string[] {
  const script = nodeScript("prepare").split("\n").slice(0, -1).join("\n");
  const time = "sleep() { SECONDS=$((SECONDS + 20)); }";
  const { stderr } = node.run(script, "check_machine", { ...variables, ...more }, `${suitable}\n${time}\n${stubs}`);
  return stderr.split("\n").slice(0, -1);
}

const refused = (...reasons: string[]) => [
  ...reasons.map((reason) => `web-1: unfit: ${reason}`),
  "web-1: failed: this server cannot be a node: see above",
];
const CLOCK =
  "s from the one of the machine that runs Pulumi; certificates are not valid there. Have it synchronize its time (systemd-timesyncd, chrony), or correct the other one";
const CGROUP_V1 =
  "it has cgroup v1, on which kubelets of Kubernetes 1.35 and later do not start; boot it with systemd.unified_cgroup_hierarchy=1 or take a newer image";

it("finds nothing wrong with a suitable machine", () => {
  expect(check("")).toEqual([]);
});

it.each([
  ["has_cgroup_v2() { false; }", CGROUP_V1],
  ["used_disk() { echo 90; }", "its disk is full: 90 % of /var/lib are in use, and from 90 % on the kubelet runs no pods"],
  ["date() { echo $((CLOCK + SECONDS + 3600)); }", `its clock differs by 3600 ${CLOCK}`],
  ["date() { echo $((CLOCK + SECONDS - 3600)); }", `its clock differs by -3600 ${CLOCK}`],
])("refuses a made machine with %s", (stub, reason) => {
  expect(check(stub)).toEqual(refused(reason));
});

it("names all obstacles at once", () => {
  expect(check("has_systemd() { false; }\nused_disk() { echo 99; }")).toHaveLength(3);
});

it.each([{ KUBERNETES_VERSION: "1.34.2" }, { IGNORED_CHECKS: "Swap SystemVerification" }, { IGNORED_CHECKS: "all" }])(
  "accepts cgroup v1 with %o",
  (more) => {
    expect(check("has_cgroup_v2() { false; }", more)).toEqual([]);
  },
);

it("waits for a clock that is about to be synchronized", () => {
  expect(check("date() { echo $((CLOCK + SECONDS + (SECONDS < 40 ? 3600 : 0))); }")).toEqual([]);
});

it("lets a node with a full disk and a wrong clock be", () => {
  node.write("etc/kubernetes/kubelet.conf");
  expect(check("used_disk() { echo 99; }\ndate() { echo 5; }")).toEqual([]);
});

it("reads real disks and cgroups", () => {
  node.write("var/lib/caravan/files");
  const facts = 'printf "%s " "$(used_disk)"; has_cgroup_v2 || true; df() { printf "%s\\n" "Use%" " 93%"; }; used_disk';
  expect(node.run(readScript("machine-checks.sh"), facts).stdout).toMatch(/^\d+ 93$/);
});
