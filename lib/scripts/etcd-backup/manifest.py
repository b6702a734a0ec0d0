# Manifests: what is known of a snapshot, beside it in the store. They are authenticated by a key that only the cluster's machines and its
# state have, so that a store cannot hand out another snapshot than the cluster's own.

import hashlib
import hmac
import json

from failure import Failure


def mac_of(manifest, key):
    text = json.dumps({name: value for name, value in manifest.items() if name != "mac"}, sort_keys=True, separators=(",", ":"))
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


def sealed(manifest, key):
    return {**manifest, "mac": mac_of(manifest, key)}


# Returns a manifest from its text. Fails when it is not one that this cluster made.
def opened(text, key):
    try:
        manifest = json.loads(text)
        mac = manifest["mac"]
    except (ValueError, KeyError, TypeError):
        raise Failure("the manifest of the snapshot cannot be read")
    if not hmac.compare_digest(str(mac), mac_of(manifest, key)):
        raise Failure("the snapshot is not one of this cluster: its manifest was made with another etcd CA, or was changed")
    return manifest
