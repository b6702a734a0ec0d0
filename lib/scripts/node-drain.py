# Looks at nodes and drains them, on a control plane, by kubectl. It is the first part of a program (node-change.py).

import json
import os
import re
import subprocess
import sys
import time

KUBECTL = ["kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "--request-timeout", "30s"]
# Errors of kubectl while an API server stops and another takes over its address, or while etcd elects a leader (node-removal.sh).
TAKEOVER = re.compile(
    "Unable to connect to the server|connection to the server .* was refused|connection (refused|reset)|handshake timeout|"
    "context deadline exceeded|unexpected EOF|http2: |etcdserver: |ServiceUnavailable"
)
TAKEOVER_SECONDS = 90


class Failed(Exception):
    pass


def say(text):
    print("%s: %s" % (os.environ["NODE_NAME"], text), file=sys.stderr, flush=True)


# Runs kubectl as administrator and returns its output. Retries while the API may be moving to another control plane.
def kubectl(*arguments, text=None, seconds=60):
    deadline = time.monotonic() + TAKEOVER_SECONDS
    while True:
        try:
            result = subprocess.run([*KUBECTL, *arguments], input=text, capture_output=True, timeout=seconds, text=True)
            if result.returncode == 0:
                return result.stdout
            errors = result.stderr.strip()
        except subprocess.TimeoutExpired:
            errors = "context deadline exceeded"
        if time.monotonic() >= deadline or not TAKEOVER.search(errors):
            raise Failed("kubectl %s: %s" % (" ".join(arguments), errors[-1000:]))
        time.sleep(2)


def read_node(name):
    text = kubectl("get", "node", name, "--ignore-not-found", "--output", "json")
    return json.loads(text) if text.strip() else None


def is_ready(thing):
    return any(each["type"] == "Ready" and each["status"] == "True" for each in thing["status"].get("conditions") or [])


# Tells whether a node's kubelet is older than a version. The machine refuses a newer one itself.
def is_older(node, version):
    return numbers_of(node["status"]["nodeInfo"]["kubeletVersion"]) < numbers_of(version)


def numbers_of(version):
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def name_of(thing):
    return "%s/%s" % (thing["metadata"]["namespace"], thing["metadata"]["name"])


def read_pods(node):
    return json.loads(kubectl("get", "pods", "--all-namespaces", "--field-selector", "spec.nodeName=" + node, "--output", "json"))["items"]


# Returns the name of a pod's DaemonSet; None when it has none.
def daemon_set_of(pod):
    for owner in pod["metadata"].get("ownerReferences") or []:
        if owner.get("controller") and owner["kind"] == "DaemonSet":
            return "%s/%s" % (pod["metadata"]["namespace"], owner["name"])
    return None


# Returns the pods of DaemonSets on a node that are not Ready. One that ends has a successor.
def broken_daemon_pods(node):
    return [pod for pod in read_pods(node) if daemon_set_of(pod) and not pod["metadata"].get("deletionTimestamp") and not is_ready(pod)]


def broken_daemon_sets(node):
    return sorted({daemon_set_of(pod) for pod in broken_daemon_pods(node)})


# Tells whether a PodDisruptionBudget is about a pod.
def covers(budget, pod):
    selector, labels = budget["spec"].get("selector"), pod["metadata"].get("labels") or {}
    if selector is None or budget["metadata"]["namespace"] != pod["metadata"]["namespace"]:
        return False
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    for each in selector.get("matchExpressions") or []:
        key, values = each["key"], each.get("values") or []
        fits = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }
        if not fits[each["operator"]]:
            return False
    return True


# Tells whether a drain evicts a pod.
def is_evicted(pod):
    is_static = "kubernetes.io/config.mirror" in (pod["metadata"].get("annotations") or {})
    return not is_static and not daemon_set_of(pod) and pod["status"].get("phase") not in ("Succeeded", "Failed")


# Returns why pods are still on a node: the budgets that allow no disruption, with their pods, and the other pods.
def obstacles(node):
    pods = [pod for pod in read_pods(node) if is_evicted(pod)]
    budgets = json.loads(kubectl("get", "poddisruptionbudgets", "--all-namespaces", "--output", "json"))["items"]
    reasons, named = [], set()
    for budget in budgets:
        covered = [name_of(pod) for pod in pods if covers(budget, pod)]
        if covered and (budget.get("status") or {}).get("disruptionsAllowed", 0) < 1:
            reasons.append("PodDisruptionBudget %s allows no disruption of %s" % (name_of(budget), ", ".join(covered)))
            named.update(covered)
    others = [name_of(pod) for pod in pods if name_of(pod) not in named]
    return reasons + (["these pods have not ended: " + ", ".join(others)] if others else [])


# Evicts the pods of a node, as far as their PodDisruptionBudgets allow it.
def drain(node):
    seconds = int(os.environ["DRAIN_SECONDS"])
    options = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout", "%ds" % seconds]
    started = time.monotonic()
    try:
        kubectl("drain", node, *options, seconds=seconds + 60)
    except Failed as error:
        why = "; ".join(obstacles(node)) or str(error).splitlines()[-1]
        raise Failed("the drain of %s did not end within %d s, so it was not changed: %s; start more replicas elsewhere, or raise drainSeconds" % (node, seconds, why))
    say("drain of %s (%d s)" % (node, time.monotonic() - started))
