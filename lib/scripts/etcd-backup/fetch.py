#!/usr/bin/python3 -IB
# Fetches a snapshot for a restore, decrypts it, and checks that it is whole and fits this cluster. Nothing of etcd is touched.
#
# fetch.py FOLDER ETCD_VERSION: settings come on standard input. Writes FOLDER/snapshot.db and FOLDER/manifest.json. The snapshot that the
# first run has chosen is kept for later runs.

import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from failure import Failure, in_one_line
from manifest import opened
from snapshot import digests, require_whole
from stores import DATA, MANIFEST, folder_of, snapshots, store_of


def minor_of(version):
    return tuple(int(part) for part in version.lstrip("v").split(".")[:2])


# Returns the name of the wanted snapshot.
def chosen(settings, store, at, folder):
    path, wanted = os.path.join(folder, "choice"), settings["snapshot"]
    if os.path.exists(path):
        with open(path) as file:
            former, name = file.read().split("\n")
        if former == wanted:
            return name
        for file in (path, os.path.join(folder, "snapshot.db")):
            if os.path.exists(file):
                os.remove(file)
    names = snapshots(store, at)
    place = "%s in %s" % (at, settings["store"].get("bucket") or settings["store"].get("container"))
    if not names:
        raise Failure("there is no snapshot below %s; give the store and the cluster of the backups" % place)
    name = names[-1] if wanted == "latest" else wanted.split("/")[-1].replace(DATA, "").replace(MANIFEST, "")
    if name not in names:
        raise Failure("there is no snapshot '%s' below %s; the last ones are %s" % (wanted, place, ", ".join(names[-3:])))
    with open(path + ".new", "w") as file:
        file.write("%s\n%s" % (wanted, name))
    os.rename(path + ".new", path)
    return name


def require_fit(manifest, facts, etcd_version):
    if manifest["cluster"] != facts["cluster"]:
        raise Failure("the snapshot is one of the cluster '%s', and this is '%s'; restore it there" % (manifest["cluster"], facts["cluster"]))
    (major, minor), (of_major, of_minor) = minor_of(facts["kubernetesVersion"]), minor_of(manifest["kubernetesVersion"])
    if major != of_major or not 0 <= minor - of_minor <= 1:
        versions = manifest["kubernetesVersion"], facts["kubernetesVersion"], manifest["kubernetesVersion"]
        raise Failure("the snapshot is of Kubernetes %s, and the cluster has %s; restore it with kubernetesVersion %s, and upgrade afterwards" % versions)
    (major, minor), (of_major, of_minor) = minor_of(etcd_version), minor_of(manifest["etcdVersion"])
    if major != of_major or not 0 <= minor - of_minor <= 1:
        raise Failure("the snapshot is of etcd %s, and the cluster runs %s; use the same minor version" % (manifest["etcdVersion"], etcd_version))
    missing = set(manifest["encryptionKeys"]) - set(facts["encryptionKeys"])
    if missing:
        names = ", ".join(sorted(missing))
        raise Failure("Secrets in the snapshot may be encrypted with the key %s, which the stack does not have any more; take a later snapshot" % names)
    for key, name in (("clusterCa", "CA of the Kubernetes API"), ("serviceAccountKey", "service-account key")):
        if manifest[key] != facts[key] and not (key == "clusterCa" and manifest[key] in facts.get("trustedClusterCas", [])):
            raise Failure("the snapshot was made with another %s, %s in place of %s; restore it in the stack that has it" % (name, manifest[key], facts[key]))


def decrypt(path, target, identity):
    command = ["age", "--decrypt", "--identity", "-", "--output", target, path]
    result = subprocess.run(command, input=identity + "\n", stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise Failure("the snapshot cannot be decrypted with etcd.restore.identity: %s" % in_one_line(result.stderr.strip().split("\n")[0]))


def require_same(path, size, sha256, what):
    if os.path.getsize(path) != size or digests(path)["sha256"] != sha256:
        raise Failure("the %s is truncated or damaged: it is not what its manifest tells; take another one" % what)


# The encrypted snapshot, the plain one and the restored data are there at the same time; etcdutl writes a log of 64 MB.
def require_room(folder, manifest):
    free, needed = shutil.disk_usage(folder).free, manifest["encryptedSize"] + 2 * manifest["size"] + (256 << 20)
    if free < needed:
        raise Failure("the disk of %s has %d MiB left, and a restore needs %d; free some" % (folder, free >> 20, needed >> 20))


def fetch(settings, folder, etcd_version):
    os.makedirs(folder, 0o700, exist_ok=True)
    data, manifest_path = os.path.join(folder, "snapshot.db"), os.path.join(folder, "manifest.json")
    store, at = store_of(settings["store"]), folder_of(settings["store"], settings["facts"]["cluster"])
    name = chosen(settings, store, at, folder)
    store.get(at + name + MANIFEST, manifest_path)
    with open(manifest_path) as file:
        manifest = opened(file.read(), settings["manifestKey"])
    require_fit(manifest, settings["facts"], etcd_version)
    if not os.path.exists(data):
        require_room(folder, manifest)
        encrypted = data + ".age"
        store.get(at + name + DATA, encrypted)
        require_same(encrypted, manifest["encryptedSize"], manifest["encryptedSha256"], "encrypted snapshot")
        decrypt(encrypted, data + ".new", settings["identity"])
        os.remove(encrypted)
        os.rename(data + ".new", data)
    require_same(data, manifest["size"], manifest["sha256"], "snapshot")
    require_whole(data, digests(data))
    print("%s: revision %d, %d keys, %d bytes, of %s" % (name, manifest["revision"], manifest["keys"], manifest["size"], manifest["time"]))


if __name__ == "__main__":
    os.umask(0o077)
    try:
        fetch(json.load(sys.stdin), *sys.argv[1:])
    except (Failure, OSError) as failure:
        sys.exit("failed: %s" % failure)
