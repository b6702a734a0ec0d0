#!/usr/bin/python3 -I
# Looks in etcd for Secrets by the key that they are encrypted with, and has the API write them anew. Runs on a control plane.
#
# caravan-secrets-at-rest list KEY...: prints namespace, name and key of each Secret that is under none of these keys; "-" for plain text.
# caravan-secrets-at-rest rewrite KEY SECONDS: has the API write Secrets anew, until all are under this key.

import base64
import http.client
import json
import re
import ssl
import sys
import tempfile
import time
from urllib.parse import quote, urlsplit

MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml"
ADMIN = "/etc/kubernetes/admin.conf"
MEMORY = "/run/caravan"
PREFIX = b"k8s:enc:secretbox:v1:"
# A Secret has at most a MiB.
PAGE = 50
# Rounds in which no Secret is written, after which the rest is hopeless.
HOPELESS = 5
SILENCE = (OSError, http.client.HTTPException)


class Failed(Exception):
    pass


# Returns the value of an argument of the API server.
def flag(name, default=None):
    with open(MANIFEST) as file:
        found = re.search(r"- --%s=(.+)" % name, file.read())
    if not found and default is None:
        raise Failed("the API server's manifest has no --%s" % name)
    return found.group(1).strip() if found else default


# HTTP client of a server that may briefly be silent.
class Client:
    def __init__(self, urls, context):
        self.urls, self.context, self.connection = [urlsplit(url) for url in urls], context, None

    def connect(self):
        url = self.urls[0]
        self.connection = http.client.HTTPSConnection(url.hostname, url.port or 443, context=self.context, timeout=30)

    # Returns status and text of the answer. Tries the next server when one is silent.
    def request(self, method, path, body, kind):
        for attempt in range(4 * len(self.urls)):
            try:
                if self.connection is None:
                    self.connect()
                self.connection.request(method, path, body, {"Content-Type": kind, "Accept": "application/json"})
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except SILENCE as error:
                self.connection, failure = None, error
                self.urls.append(self.urls.pop(0))
                time.sleep(min(attempt, 5))
        raise Failed("%s does not answer: %s" % (self.urls[0].geturl(), failure))


def etcd():
    context = ssl.create_default_context(cafile=flag("etcd-cafile"))
    context.load_cert_chain(flag("etcd-certfile"), flag("etcd-keyfile"))
    return Client(flag("etcd-servers").split(","), context)


def kubernetes():
    with open(ADMIN) as file:
        text = file.read()

    def field(name):
        return re.search(r"\b%s: *(\S+)" % name, text).group(1)

    def decoded(name):
        return base64.b64decode(field(name)).decode()

    context = ssl.create_default_context(cadata=decoded("certificate-authority-data"))
    # Python takes a key from a file only.
    with tempfile.NamedTemporaryFile(dir=MEMORY) as pair:
        pair.write((decoded("client-certificate-data") + "\n" + decoded("client-key-data")).encode())
        pair.flush()
        context.load_cert_chain(pair.name)
    return Client([field("server")], context)


def encoded(value):
    return base64.b64encode(value).decode()


# Yields name and key of each Secret.
def secrets(client):
    folder = ("%s/secrets/" % flag("etcd-prefix", "/registry")).encode()
    start, end = folder, folder[:-1] + b"0"
    while True:
        order = json.dumps({"key": encoded(start), "range_end": encoded(end), "limit": PAGE})
        status, text = client.request("POST", "/v3/kv/range", order, "application/json")
        if status != 200:
            raise Failed("etcd refuses to list Secrets: %d" % status)
        answer = json.loads(text)
        for each in answer.get("kvs", []):
            start = base64.b64decode(each["key"])
            value = base64.b64decode(each.get("value", ""))
            key = value[len(PREFIX) :].split(b":")[0].decode() if value.startswith(PREFIX) else "-"
            yield start[len(folder) :].decode(), key
        if not answer.get("more"):
            return
        start += b"\0"


def others(client, keys):
    return [(name, key) for name, key in secrets(client) if key not in keys]


# Has the API write a Secret. A patch without content does so when the stored value is not under the first key. Returns why not.
def touch(client, name):
    path = "/api/v1/namespaces/%s/secrets/%s" % tuple(quote(part) for part in name.split("/"))
    status, text = client.request("PATCH", path, "{}", "application/merge-patch+json")
    if status in (200, 404):
        return None
    if status in (429, 500, 503, 504):
        time.sleep(1)
    try:
        return str(json.loads(text)["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return "status %d" % status


def rewrite(key, seconds):
    store, api = etcd(), kubernetes()
    deadline, told = time.monotonic() + seconds, time.monotonic()
    least, rounds = None, 0
    while True:
        left = others(store, [key])
        if not left:
            return
        rounds = 0 if least is None or len(left) < least else rounds + 1
        least, reason = len(left), None
        for index, (name, _) in enumerate(left):
            refused = touch(api, name)
            reason = reason or (refused and "%s: %s" % (name, refused))
            if time.monotonic() >= deadline or (refused and rounds >= HOPELESS):
                raise Failed("%d Secrets are not under %s yet (%s)" % (len(left), key, reason or "the time is over"))
            if time.monotonic() - told >= 10:
                told = time.monotonic()
                print("%d of %d Secrets are written anew" % (index + 1, len(left)), flush=True)
        if rounds >= HOPELESS:
            raise Failed("%d Secrets are not under %s, although the API has written them: does each API server use %s?" % (len(left), key, key))
        if rounds > 0:
            time.sleep(1)


try:
    if sys.argv[1] == "list":
        for secret, key in others(etcd(), sys.argv[2:]):
            print(secret, key)
    else:
        rewrite(sys.argv[2], int(sys.argv[3]))
except Failed as failure:
    sys.exit(str(failure))
