# Places of a pool's nodes that are out of service, on a control plane. It is the second part of a program (node-change.py).
#
# They are in a ConfigMap of the pool: for each node, JSON with its machine, the phase of its change ("changing", "failed" or "done"), the run
# of Pulumi, and whether this program has cordoned it. So an interrupted change is completed by the next run. The whole object is replaced at
# the version that was read, so that no two programs take the same place.

import json
import os
import random
import re
import time

RUN = "caravan.dev/run"
STOPPED = "caravan.dev/stopped"


class Conflict(Exception):
    pass


# ConfigMap with the places of a pool.
class Places:
    def __init__(self):
        self.name = "caravan-changes-" + os.environ["OWNER"]
        self.by = "%016x" % random.getrandbits(64)
        self.run_time, self.run = os.environ["RUN"].split(" ", 1)
        self.read()

    def read(self):
        text = kubectl("--namespace", "kube-system", "get", "configmap", self.name, "--ignore-not-found", "--output", "json")
        self.object = json.loads(text) if text.strip() else {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": self.name, "namespace": "kube-system", "labels": {"caravan.dev/pool": os.environ["POOL"]}},
        }
        self.version = self.object["metadata"].get("resourceVersion")
        self.notes = self.object["metadata"].setdefault("annotations", {})
        self.entries = {node: json.loads(entry) for node, entry in (self.object.get("data") or {}).items()}

    # Writes what was changed, unless somebody else has written meanwhile.
    def write(self):
        self.object["data"] = {node: json.dumps(entry, sort_keys=True) for node, entry in sorted(self.entries.items())}
        try:
            kubectl("--namespace", "kube-system", "replace" if self.version else "create", "--filename", "-", text=json.dumps(self.object))
        except Failed as error:
            if not re.search("object has been modified|already exists|not found", str(error)):
                raise
            raise Conflict()

    # Changes the object, whoever else writes it at the same time.
    def update(self, change):
        while True:
            self.read()
            change()
            try:
                return self.write()
            except Conflict:
                time.sleep(random.random())

    # Records this run of Pulumi as the pool's latest. A script that an earlier run has left behind ends.
    def enter(self):
        before = self.notes.get(RUN, "").split(" ", 1)
        if before[1:] == [self.run]:
            return
        if before[0] and float(before[0]) > float(self.run_time):
            raise Failed("a later run of Pulumi changes the nodes of pool %s" % os.environ["POOL"])
        self.notes[RUN] = "%s %s" % (self.run_time, self.run)
        self.write()
        self.read()

    # Forgets nodes that the pool has no more, at the next write.
    def forget(self, nodes):
        for node in list(nodes):
            del self.entries[node]

    # Tells whether the node's change has ended with the same script and input.
    def is_done(self, name, machine, digest):
        entry = self.entries.get(name, {})
        return entry.get("phase") == "done" and entry.get("machine") == machine and entry.get("digest") == digest

    # Tells whether an earlier run has begun the node's change, and has not ended it.
    def is_unfinished(self, name, machine):
        entry = self.entries.get(name, {})
        return entry.get("phase") in ("changing", "failed") and entry.get("run") != self.run and entry.get("machine") == machine

    def is_taken(self, name):
        entry = self.entries.get(name, {})
        return entry.get("phase") in ("changing", "failed") and entry.get("run") == self.run and entry.get("by") != self.by

    # Returns the node for which this program has a place already: the answer to its request was lost.
    def own(self):
        return next((node for node, entry in self.entries.items() if entry.get("by") == self.by), None)

    # Tells whether this program has the place of a node: a later run of Pulumi may have taken it over.
    def has(self, name):
        return self.entries.get(name, {}).get("by") == self.by

    # Returns the nodes that are being changed in this run.
    def busy(self):
        return {node for node, entry in self.entries.items() if entry.get("phase") == "changing" and entry.get("run") == self.run}

    # Returns the nodes that have a place in this run. What an earlier run has left is seen at its Node.
    def held(self):
        return self.busy() | set(self.failed())

    # Returns the nodes whose change has failed in this run.
    def failed(self):
        return sorted(node for node, entry in self.entries.items() if entry.get("phase") == "failed" and entry.get("run") == self.run)

    # Returns why no node may be changed in this run any more; empty when there is no reason.
    def stopped(self):
        run, _, reason = self.notes.get(STOPPED, "").partition(" ")
        return reason if run == self.run else ""

    # Takes a place. What an earlier run has done to the node stays known.
    def take(self, name, machine, digest, broken):
        before = self.entries.get(name) if self.is_unfinished(name, machine) else {}
        self.entries[name] = {
            "phase": "changing",
            "run": self.run,
            "by": self.by,
            "machine": machine,
            "digest": digest,
            "cordoned": before.get("cordoned", False),
            "broken": before.get("broken", broken),
        }
        self.write()

    def set(self, name, **values):
        self.update(lambda: self.entries.setdefault(name, {"run": self.run, "machine": ""}).update(values))

    # Gives a place back, and keeps the rest of this run from changing further nodes.
    def stop(self, name, reason):
        def change():
            self.entries.pop(name, None)
            self.notes[STOPPED] = "%s %s" % (self.run, reason)

        self.update(change)
