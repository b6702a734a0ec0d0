# Stores of snapshots. Names are below PREFIX/CLUSTER/, and tell the time and the revision of a snapshot.

import re

from s3 import S3
from swift import Swift

DATA, MANIFEST = ".db.age", ".json"
NAME = re.compile(r"\d{8}T\d{6}Z-\d+")


def store_of(settings):
    return (S3 if settings["type"] == "s3" else Swift)(settings)


def folder_of(settings, cluster):
    prefix = settings.get("prefix", "").strip("/")
    return "%s%s/" % (prefix + "/" if prefix else "", cluster)


# Returns the names of all whole snapshots, the oldest first. One whose upload was interrupted has no manifest.
def snapshots(store, folder):
    names = [name[len(folder) : -len(MANIFEST)] for name in store.names(folder) if name.endswith(MANIFEST)]
    return sorted(name for name in names if NAME.fullmatch(name))
