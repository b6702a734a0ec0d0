#!/usr/bin/python3 -I
# Takes or releases the cluster's maintenance lease, so that only one control plane at a time restarts its components.
#
# maintenance-lease take HOLDER SECONDS: takes or extends the lease, and waits for it for some seconds.
# maintenance-lease release HOLDER
#
# Exit codes: 0, 3 when another machine holds the lease, 4 when the API does not answer.

import datetime
import json
import subprocess
import sys
import time

NAME = "caravan-maintenance"
# A holder extends the lease before each step. Its longest step is shorter by five minutes, by which clocks may differ.
DURATION = 900
FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"

HELD, SILENT = 3, 4


class Silent(Exception):
    pass


def kubectl(*arguments, **options):
    command = ["kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "--request-timeout", "10s", "--namespace", "kube-system", *arguments]
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20, text=True, **options)
    except subprocess.TimeoutExpired:
        raise Silent("kubectl did not end within 20 s")


# Returns the lease; None when there is none.
def read():
    result = kubectl("get", "lease", NAME, "--ignore-not-found", "--output", "json")
    if result.returncode != 0:
        raise Silent(result.stderr.strip().split("\n")[-1][:300])
    return json.loads(result.stdout) if result.stdout.strip() else None


# Writes the lease, unless another machine has written it meanwhile: the object has its resourceVersion.
def write(lease, holder, seconds):
    now = datetime.datetime.now(datetime.timezone.utc).strftime(FORMAT)
    verb = "replace" if lease else "create"
    lease = lease or {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": NAME, "namespace": "kube-system"}}
    before = lease.get("spec") or {}
    took = before.get("acquireTime") if before.get("holderIdentity") == holder else now
    spec = {"holderIdentity": holder, "leaseDurationSeconds": seconds, "acquireTime": took or now, "renewTime": now}
    return kubectl(verb, "--filename", "-", input=json.dumps(dict(lease, spec=spec))).returncode == 0


# Returns the time until which another machine holds the lease; None when it is free.
def held_until(lease, holder):
    spec = (lease or {}).get("spec") or {}
    if spec.get("holderIdentity") in (None, "", holder) or not spec.get("renewTime"):
        return None
    renewed = datetime.datetime.strptime(spec["renewTime"], FORMAT).replace(tzinfo=datetime.timezone.utc)
    until = renewed + datetime.timedelta(seconds=spec.get("leaseDurationSeconds") or DURATION)
    return until if until > datetime.datetime.now(datetime.timezone.utc) else None


# Tries once to take the lease. Returns an exit code and the reason.
def attempt(holder):
    try:
        lease = read()
        until = held_until(lease, holder)
        if until:
            return HELD, "%s holds the lease until %s" % (lease["spec"]["holderIdentity"], until.strftime("%H:%M:%S UTC"))
        if write(lease, holder, DURATION):
            return 0, ""
        return HELD, "another machine took the lease just now"
    except Silent as error:
        return SILENT, "the Kubernetes API does not answer: %s" % error


def take(holder, seconds):
    deadline = time.monotonic() + seconds
    while True:
        code, reason = attempt(holder)
        if code == 0 or time.monotonic() >= deadline:
            break
        time.sleep(min(5, max(0.1, deadline - time.monotonic())))
    if reason:
        print(reason, file=sys.stderr)
    return code


# Another machine's lease stays. An empty holder is free at once.
def release(holder):
    try:
        lease = read()
        if lease and (lease.get("spec") or {}).get("holderIdentity") == holder:
            write(lease, "", 1)
    except Silent:
        return SILENT
    return 0


sys.exit(take(sys.argv[2], float(sys.argv[3])) if sys.argv[1] == "take" else release(sys.argv[2]))
