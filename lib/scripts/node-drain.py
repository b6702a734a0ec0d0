# Looks at nodes and drains them, on a control plane, by kubectl. It is a part of a program (node-change.py), after
# drain-obstacles.py.

import json
import os
import re
import subprocess
import sys
import time

KUBECTL = ["kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "--request-timeout", "30s"]
# From takeover.sh.
TAKEOVER = re.compile(os.environ["TAKEOVER"])
TAKEOVER_SECONDS = int(os.environ["TAKEOVER_SECONDS"])


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


# Returns why pods are still on a node.
def obstacles(node):
    return obstacles_of(read_pods(node), json.loads(kubectl("get", "poddisruptionbudgets", "--all-namespaces", "--output", "json"))["items"])


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
