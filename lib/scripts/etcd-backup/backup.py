#!/usr/bin/python3 -IB
# Backs etcd up, when a backup is due and this machine's member leads: takes a snapshot, checks it, encrypts it to a public key and uploads it.
#
# backup.py SETTINGS [now]: with "now", a backup is due. Exit codes: 0, 1 when the backup failed, 3 when this machine's member does not lead.

import datetime
import fcntl
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from failure import Failure, in_one_line
from gateway import Etcd
from manifest import sealed
from record import write_config_map
from snapshot import contents, digests, drill, etcdutl_of, require_whole
from stores import DATA, MANIFEST, folder_of, store_of

FORMAT = "%Y-%m-%dT%H:%M:%SZ"
DRILL_SECONDS = 24 * 3600
# Seconds until the next try after a failure.
RETRY_SECONDS = 600
# Beside snapshots: etcdutl writes a log of 64 MB when it restores one.
ROOM = 256 << 20
# Largest object of one upload, in S3 and in Swift.
LARGEST = 5 << 30


def now():
    return datetime.datetime.now(datetime.timezone.utc)


# Returns the seconds since a time in the record; a long time for one that is not there.
def age_of(text):
    if not text:
        return float("inf")
    return (now() - datetime.datetime.strptime(text, FORMAT).replace(tzinfo=datetime.timezone.utc)).total_seconds()


def is_due(record, every):
    return age_of(record.get("success")) >= every and age_of(record.get("attempt")) >= min(every, RETRY_SECONDS)


def leads(status):
    return status.get("leader") == status["header"]["member_id"]


def require_room(folder, size):
    free, needed = shutil.disk_usage(folder).free, 2 * size + ROOM
    if free < needed:
        raise Failure("the disk of %s has %d MiB left, and a backup needs %d; free some" % (folder, free >> 20, needed >> 20))


def encrypt(path, recipient):
    target = path + ".age"
    try:
        result = subprocess.run(["age", "--encrypt", "--recipient", recipient, "--output", target, path], stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise Failure("the program age is not on this machine; run `pulumi up`, which installs it")
    if result.returncode != 0:
        raise Failure("age cannot encrypt to etcd.backup.recipient: %s" % in_one_line(result.stderr.strip().split("\n")[0]))
    return target


# Uploads the snapshot, and then its manifest: without one, an upload does not count.
def upload(settings, name, path, manifest, folder):
    if os.path.getsize(path) > LARGEST:
        raise Failure("the encrypted snapshot has %d MiB, and an upload takes at most 5 GiB; compact and defragment etcd" % (os.path.getsize(path) >> 20))
    store, at = store_of(settings["store"]), folder_of(settings["store"], settings["cluster"]) + name
    text = os.path.join(folder, "manifest.json")
    with open(text, "w") as file:
        json.dump(manifest, file, indent=1)
    for suffix, each in ((DATA, path), (MANIFEST, text)):
        found = digests(each)
        store.put(at + suffix, each, found["sha256"], found["md5"], settings["keep"])


# Takes a snapshot and checks it. Returns its path, its digests, and what is in it.
def checked_snapshot(settings, etcd, folder, with_drill):
    path = os.path.join(folder, "snapshot.db")
    least, _ = etcd.count()
    etcd.snapshot(path)
    most, keys = etcd.count()
    found = digests(path)
    require_whole(path, found)
    etcdutl = etcdutl_of(settings["etcd"]["dataFolder"])
    revision, _ = contents(etcdutl, path)
    if with_drill:
        drill(etcdutl, path, os.path.join(folder, "drill"), least, most, keys)
    return path, {"revision": revision, "keys": keys, "size": os.path.getsize(path), "sha256": found["sha256"]}


def back_up(settings, etcd, status, record, folder):
    started = now()
    with_drill = age_of(record.get("drill")) >= DRILL_SECONDS or "drillError" in record
    require_room(folder, int(status.get("dbSize", 0)))
    try:
        path, found = checked_snapshot(settings, etcd, folder, with_drill)
    except Failure as failure:
        if with_drill:
            record["drillError"] = str(failure)
        raise
    if with_drill:
        record.pop("drillError", None)
        record["drill"] = started.strftime(FORMAT)
    encrypted = encrypt(path, settings["recipient"])
    os.remove(path)
    sizes = {"encryptedSize": os.path.getsize(encrypted), "encryptedSha256": digests(encrypted)["sha256"]}
    versions = {"etcdVersion": status["version"], "clusterId": status["header"]["cluster_id"], "time": started.strftime(FORMAT)}
    manifest = {**settings["facts"], "cluster": settings["cluster"], **versions, **found, **sizes}
    name = "%s-%d" % (started.strftime("%Y%m%dT%H%M%SZ"), found["revision"])
    upload(settings, name, encrypted, sealed(manifest, settings["manifestKey"]), folder)
    record.update(success=started.strftime(FORMAT), snapshot=name, **{key: str(found[key]) for key in ("revision", "keys", "size")})


def attempt(settings, etcd, status, record, folder):
    record.setdefault("since", now().strftime(FORMAT))
    record.update(every=str(settings["every"]), attempt=now().strftime(FORMAT))
    try:
        back_up(settings, etcd, status, record, folder)
        record.pop("error", None)
        print("backed up as %s: revision %s, %s keys, %s bytes" % tuple(record[key] for key in ("snapshot", "revision", "keys", "size")))
    except (Failure, OSError) as failure:
        record["error"] = in_one_line(str(failure))
        print("the backup failed: %s" % record["error"], file=sys.stderr)
    etcd.write_record(record)
    if settings.get("kubeconfig"):
        write_config_map(settings["kubeconfig"], record)
    return 1 if "error" in record else 0


def main(path, at_once):
    with open(path) as file:
        settings = json.load(file)
    folder = settings["folder"]
    os.makedirs(folder, 0o700, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        work = os.path.join(folder, "work")
        shutil.rmtree(work, ignore_errors=True)
        etcd = Etcd(settings["etcd"])
        status = etcd.status()
        if not leads(status):
            return 3
        record = etcd.record()
        if not at_once and not is_due(record, settings["every"]):
            return 0
        os.makedirs(work, 0o700)
        try:
            return attempt(settings, etcd, status, record, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    os.umask(0o077)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:] == ["now"]))
    except Failure as failure:
        sys.exit("the backup failed: %s" % failure)
