import type { Problems } from "../problems.ts";
import { TAINT_EFFECTS, type Taint } from "./settings.ts";

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const KEY = /^((?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Prefix of the library's own labels and taints. */
const OWN_PREFIX = "caravan.dev/";

/** Label by which kubeadm and this library know control planes. A worker with it would be taken for one that is wanted no more. */
const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

/** Labels that a kubelet sets back to its own values (kubelet_node_status.go, updateDefaultLabels). */
const KUBELET_LABELS = ["hostname", "os", "arch"].flatMap((name) => [`kubernetes.io/${name}`, `beta.kubernetes.io/${name}`]);

/** Prefix of the taints by which Kubernetes says how a node is; its controllers set and remove them. */
const CONDITION_PREFIX = "node.kubernetes.io/";

/** Checks the labels of a pool's nodes. A control plane sets them, so those that NodeRestriction keeps from kubelets are allowed. */
export function checkLabels(labels: Readonly<Record<string, string>>, problems: Problems): void {
  for (const [key, value] of Object.entries(labels)) {
    const at = problems.at(`labels["${key}"]`);
    checkKeyAndValue(at, key, value);
    if (KUBELET_LABELS.includes(key)) at.add("", "is a label that each kubelet sets itself; leave it out");
    if (key === CONTROL_PLANE_LABEL) at.add("", "is the label of control planes, and workers with it would be removed; leave it out");
  }
}

/** Checks the taints of a pool's nodes. */
export function checkTaints(taints: readonly Taint[], problems: Problems): void {
  taints.forEach(({ key, value = "", effect }, place) => {
    const at = problems.at(`taints[${place}]`);
    checkKeyAndValue(at, key, value);
    if (!TAINT_EFFECTS.includes(effect)) at.add("effect", `"${effect}" is no effect; use ${TAINT_EFFECTS.join(", ")}`);
    if (key.startsWith(CONDITION_PREFIX)) at.add("key", `"${key}" is a taint that Kubernetes sets and removes itself; leave it out`);
    if (taints.findIndex((other) => other.key === key && other.effect === effect) < place)
      at.add("", `"${key}" is named twice with the effect "${effect}"; name it once`);
  });
}

function checkKeyAndValue(at: Problems, key: string, value: string): void {
  if (!KEY.test(key))
    at.add("", `"${key}" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"`);
  if (!VALUE.test(value)) at.add("", `"${value}" is no label value; use at most 63 letters, digits, "-", "_" and "."`);
  if (key.startsWith(OWN_PREFIX)) at.add("", `"${key}" has the prefix of the library's own; use another one`);
}
