# etcd's gRPC gateway on this machine.

import base64
import json
import ssl
import urllib.error
import urllib.request

from failure import Failure, in_one_line

# Key of the record of backups. API servers read only what is below /registry.
RECORD = b"caravan.dev/etcd-backup"


def encoded(data):
    return base64.b64encode(data).decode()


class Etcd:
    # settings: endpoint, and for https the paths of the CA, of a certificate and of its key.
    def __init__(self, settings):
        self.endpoint = settings["endpoint"]
        handlers = [urllib.request.ProxyHandler({})]
        if settings.get("ca"):
            context = ssl.create_default_context(cafile=settings["ca"])
            context.load_cert_chain(settings["certificate"], settings["key"])
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self.opener = urllib.request.build_opener(*handlers)

    def open(self, path, request, seconds):
        url = "%s/v3/%s" % (self.endpoint, path)
        try:
            return self.opener.open(urllib.request.Request(url, data=json.dumps(request).encode()), timeout=seconds)
        except urllib.error.HTTPError as error:
            raise Failure("etcd refuses %s: %s" % (path, in_one_line(error.read(1000).decode(errors="replace"))))
        except OSError as error:
            raise Failure("etcd does not answer: %s" % in_one_line(str(getattr(error, "reason", error))))

    def call(self, path, request):
        with self.open(path, request, 20) as answer:
            return json.loads(answer.read())

    def status(self):
        return self.call("maintenance/status", {})

    # Returns the present revision and the number of keys.
    def count(self):
        answer = self.call("kv/range", {"key": encoded(b"\0"), "range_end": encoded(b"\0"), "count_only": True})
        return int(answer["header"]["revision"]), int(answer.get("count", 0))

    # Writes a snapshot to a file.
    def snapshot(self, path):
        with self.open("maintenance/snapshot", {}, 120) as answer, open(path, "wb") as file:
            for line in answer:
                part = json.loads(line)
                if "error" in part:
                    raise Failure("etcd ended the snapshot: %s" % in_one_line(json.dumps(part["error"])))
                file.write(base64.b64decode(part["result"].get("blob", "")))

    def record(self):
        pairs = self.call("kv/range", {"key": encoded(RECORD)}).get("kvs", [])
        return json.loads(base64.b64decode(pairs[0]["value"])) if pairs else {}

    def write_record(self, record):
        self.call("kv/put", {"key": encoded(RECORD), "value": encoded(json.dumps(record).encode())})
