# Files of snapshots: whether they are whole, what is in them, and whether they can be restored.

import glob
import hashlib
import json
import os
import shutil
import subprocess

from failure import Failure, in_one_line

DIGEST_SIZE = hashlib.sha256().digest_size
PROGRAMS = ("usr/local/bin/etcdutl", "usr/bin/etcdutl", "bin/etcdutl", "etcdutl")


# Returns the digests of a file, and of what is before its last bytes with those bytes.
def digests(path):
    sha256, md5, before = hashlib.sha256(), hashlib.md5(), hashlib.sha256()
    left = os.path.getsize(path) - DIGEST_SIZE
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            sha256.update(part)
            md5.update(part)
            before.update(part[: max(0, left)])
            left -= len(part)
        file.seek(max(0, os.path.getsize(path) - DIGEST_SIZE))
        return {"sha256": sha256.hexdigest(), "md5": md5.hexdigest(), "is_whole": file.read() == before.digest()}


# Fails when a snapshot is not as etcd sent it: its last 32 bytes are the SHA-256 of those before.
def require_whole(path, found):
    if os.path.getsize(path) <= DIGEST_SIZE or not found["is_whole"]:
        raise Failure("the snapshot is truncated or damaged: its SHA-256 is not the one at its end")


# Finds etcdutl in the container of the etcd with this data folder.
def etcdutl_of(data_folder):
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                arguments = file.read().split(b"\0")
        except OSError:
            continue
        if os.path.basename(arguments[0]) == b"etcd" and b"--data-dir=" + data_folder.encode() in arguments:
            process = os.path.dirname(path)
            beside = os.path.join(os.path.dirname(os.readlink(os.path.join(process, "exe"))), "etcdutl")
            return etcdutl_in(os.path.join(process, "root"), beside)
    raise Failure("no etcd with the data in %s runs here" % data_folder)


# Returns the path of etcdutl below a root: at the given path, or where images have it.
def etcdutl_in(root, *paths):
    for program in (*paths, *PROGRAMS):
        if os.path.isfile(os.path.join(root, program.lstrip("/"))):
            return os.path.join(root, program.lstrip("/"))
    raise Failure("the image of etcd has no etcdutl; use one of registry.k8s.io, or one that is made like it")


# Runs a command. Returns whether it succeeded, and the last line of what it printed.
def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
    return result.returncode == 0, result.stdout.strip().split("\n")[-1]


# Returns the last revision, and the number of versions of keys.
def contents(etcdutl, path):
    succeeded, line = run(etcdutl, "snapshot", "status", path, "--write-out", "json")
    if not succeeded:
        raise Failure("etcdutl cannot read the snapshot: %s" % in_one_line(line))
    found = json.loads(line)
    return int(found["revision"]), int(found["totalKey"])


# Restores a snapshot into a folder, and compares what is in there with what etcd had: `least` and `most` are its revisions before and after
# the snapshot, and `keys` its number of keys.
def drill(etcdutl, path, folder, least, most, keys):
    shutil.rmtree(folder, ignore_errors=True)
    try:
        succeeded, line = run(etcdutl, "snapshot", "restore", path, "--data-dir", folder)
        if not succeeded:
            raise Failure("the snapshot cannot be restored: %s" % in_one_line(line))
        revision, versions = contents(etcdutl, os.path.join(folder, "member/snap/db"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not least <= revision <= most:
        raise Failure("the restored snapshot has the revision %d, and etcd had %d to %d" % (revision, least, most))
    # Keys that were deleted meanwhile are few. Each key has at least one version.
    if versions < keys * 0.9:
        raise Failure("the restored snapshot has %d versions of keys, and etcd had %d keys" % (versions, keys))
