# Changes nodes of a pool, of which at most some are out of service at a time. Runs on a control plane, with node-drain.py and node-places.py
# before it.
#
# begin: takes a place for one of the nodes in CANDIDATES (lines of name, machine and digest), and waits for it. Drains the node if its kubelet
#   is to be upgraded. Prints "place NAME", and "done NAME" for each node that an earlier run has changed already.
# end NODE: waits until the node is in service, and gives its place back. With CHANGE_FAILED, the node keeps its place.

import json
import os
import random
import sys
import time

POLL_SECONDS = 5
# Timeout for nodes to be in service that are not being changed.
SETTLE_SECONDS = 600
SAY_SECONDS = 30
# Timeout for a node to be in service again, from the end of its script.
READY_SECONDS = 300


# Returns the machine of each node in the pool's records.
def read_machines():
    prefix = "caravan-nodes-%s-" % os.environ["OWNER"]
    records = json.loads(kubectl("--namespace", "kube-system", "get", "configmaps", "--selector", "caravan.dev/record", "--output", "json"))
    return {
        node: note.split(" ")[0]
        for record in records["items"]
        if record["metadata"]["name"].startswith(prefix)
        for node, note in (record.get("data") or {}).items()
    }


# Returns the status of each Node of the pool, as kubectl prints it: that table is a fraction of the objects.
def read_statuses():
    lines = kubectl("get", "nodes", "--selector", "caravan.dev/pool=" + os.environ["POOL"], "--no-headers").splitlines()
    return {line.split()[0]: line.split()[1].split(",") for line in lines if line.strip()}


# Returns how many nodes of the pool may be out of service at a time.
def limit_of(machines):
    most = os.environ["MAX_UNAVAILABLE"]
    return max(1, len(machines) * int(most[:-1]) // 100) if most.endswith("%") else int(most)


# Returns the candidate whose turn it is, and the nodes that are out of service. A node that is broken costs no place, nor does one whose
# change was interrupted after its drain. They come first.
def choose(candidates, places, machines, statuses):
    out = {node for node, status in statuses.items() if node in machines and status != ["Ready"]} | (places.held() & machines.keys())
    limit = limit_of(machines)

    def is_broken(name):
        return "Ready" not in statuses.get(name, [])

    def is_interrupted(name, machine):
        return places.is_unfinished(name, machine) and statuses.get(name) != ["Ready"]

    def rank(candidate):
        name, machine, _ = candidate
        return not places.is_unfinished(name, machine), not is_broken(name), statuses.get(name) == ["Ready"]

    for candidate in sorted(candidates, key=rank):
        name, machine, _ = candidate
        if is_broken(name) or is_interrupted(name, machine) or len(out - {name}) < limit:
            return candidate, out
    return None, out


# Fails when no node may be changed in this run any more.
def check_run(places, machines):
    pool, failed = os.environ["POOL"], places.failed()
    if places.stopped():
        raise Failed("no further node of pool %s is changed in this run, because %s" % (pool, places.stopped()))
    if len(failed) >= limit_of(machines):
        reason = "these failed in it and are out of service: %s" % " ".join(failed)
        raise Failed("no further node of pool %s is changed in this run, because %s" % (pool, reason))


# Fails when nothing has changed for so long that no place will be free.
class Patience:
    def __init__(self):
        self.seen, self.since, self.said = None, time.monotonic(), -SAY_SECONDS

    def wait(self, places, out):
        now, seen = time.monotonic(), (places.version, out)
        if seen != self.seen:
            self.seen, self.since = seen, now
        most, pool = os.environ["MAX_UNAVAILABLE"], os.environ["POOL"]
        patience = int(os.environ["PATIENCE_SECONDS"]) if places.busy() else SETTLE_SECONDS
        waiting = "%s of pool %s may be out of service at a time, and these are: %s" % (most, pool, " ".join(sorted(out)))
        if now - self.since >= patience:
            raise Failed("no further node could be changed for %d s: %s; repair or uncordon them, or raise upgrade.maxUnavailable" % (patience, waiting))
        if now - self.said >= SAY_SECONDS:
            say("waits with the change of further nodes: %s" % waiting)
            self.said = now
        time.sleep(POLL_SECONDS + random.random())


# Takes a place for one of the candidates. Returns it, or None when nothing is left to do, and the nodes that are out of service.
def try_to_take(candidates, places, machines):
    left = [each for each in candidates if not places.is_done(*each) and not places.is_taken(each[0])]
    own = [each for each in left if each[0] == places.own()]
    # A machine whose name belongs to another pool is refused by its own script.
    unknown = [each for each in left if machines.get(each[0]) != each[1]]
    if own or unknown or not left:
        return (own + unknown + [None])[0], set()
    check_run(places, machines)
    if len(places.busy()) >= limit_of(machines) and not any(places.is_unfinished(*each[:2]) for each in left):
        return (), places.busy()
    choice, out = choose(left, places, machines, read_statuses())
    if not choice:
        return (), out
    places.take(*choice, broken_daemon_sets(choice[0]))
    return choice, out


# Waits for a place for one of the candidates, and returns it; None when nothing is left to do.
def take_place(candidates, places):
    machines, patience = read_machines(), Patience()
    while True:
        try:
            places.enter()
            if places.entries.keys() - machines.keys():
                machines = read_machines()
            places.forget(places.entries.keys() - machines.keys())
            choice, out = try_to_take(candidates, places, machines)
            if choice != ():
                return choice
            patience.wait(places, out)
        except Conflict:
            time.sleep(random.random())
        places.read()


# Cordons and drains a node whose kubelet is to be upgraded. When the drain does not end, the node is as it was before.
def make_ready(places, name):
    node = read_node(name)
    if node is None or not is_older(node, os.environ["KUBERNETES_VERSION"]):
        return
    if not node["spec"].get("unschedulable"):
        # Noted first, so that an interrupted run uncordons it.
        places.set(name, cordoned=True)
        kubectl("cordon", name)
    # Nothing can be evicted from a machine that does not answer.
    if not is_ready(node):
        return
    try:
        drain(name)
    except Failed as error:
        places.read()
        if not places.has(name):
            raise Failed("a later run of Pulumi changes the nodes of pool %s" % os.environ["POOL"])
        if places.entries[name]["cordoned"]:
            kubectl("uncordon", name)
        places.stop(name, "the drain of %s did not end" % name)
        raise error


def answer(word, name):
    sys.stdout.write("%s %s\n" % (word, name))


def begin():
    places, candidates = Places(), [tuple(line.split(" ")) for line in os.environ["CANDIDATES"].splitlines()]
    choice = take_place(candidates, places)
    if choice and choice[0] in places.entries:
        make_ready(places, choice[0])
    for each in candidates:
        if each != choice and places.is_done(*each):
            answer("done", each[0])
    if choice:
        answer("place", choice[0])


# Returns what a node lacks to be in service: a text; empty when it lacks nothing.
def lacks(name, broken):
    node = read_node(name)
    if node is None:
        return "it has no Node"
    version = node["status"]["nodeInfo"]["kubeletVersion"]
    if version != "v" + os.environ["KUBERNETES_VERSION"]:
        return "its kubelet reports %s" % version
    if not is_ready(node):
        return "it is not Ready"
    pods = [pod for pod in broken_daemon_pods(name) if daemon_set_of(pod) not in broken]
    return "pods of DaemonSets are not Ready: " + ", ".join(map(name_of, pods)) if pods else ""


def end(name):
    places = Places()
    entry = places.entries.get(name, {})
    if entry.get("run", places.run) != places.run:
        raise Failed("a later run of Pulumi changes the nodes of pool %s" % os.environ["POOL"])
    if os.environ.get("CHANGE_FAILED"):
        places.set(name, phase="failed", run=places.run)
        return
    deadline = time.monotonic() + READY_SECONDS
    while True:
        lack = lacks(name, entry.get("broken", []))
        if not lack:
            break
        if time.monotonic() >= deadline:
            places.set(name, phase="failed", run=places.run)
            raise Failed("%s is changed, but not in service after %d s: %s; see `kubectl describe node`" % (name, READY_SECONDS, lack))
        time.sleep(2)
    if entry.get("cordoned"):
        kubectl("uncordon", name)
    places.set(name, phase="done", cordoned=False)


try:
    begin() if sys.argv[1] == "begin" else end(sys.argv[2])
except Failed as error:
    print(os.environ["NODE_NAME"] + ": failed: " + str(error), file=sys.stderr)
    sys.exit(1)
