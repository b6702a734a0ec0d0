# Objects in a bucket of S3. Requests are signed by hand (Signature Version 4), because machines have no client of S3.

import datetime
import hashlib
import hmac
import html
import os
import re
from urllib.parse import quote, urlsplit

from failure import Failure
from http_requests import Refused, send, trusting

EMPTY = hashlib.sha256(b"").hexdigest()


def hmac_of(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class S3:
    def __init__(self, settings):
        self.settings = settings
        self.context = trusting(settings.get("ca"))
        self.region = settings.get("region") or "us-east-1"
        self.endpoint = settings["endpoint"].rstrip("/")

    # Uploads a file. It expires by the lifecycle of the bucket, so `keep` is not used.
    def put(self, name, path, sha256, md5, keep):
        headers = {"content-length": str(os.path.getsize(path)), "content-type": "application/octet-stream"}
        self.request("PUT", name, sha256=sha256, headers=headers, body=lambda: open(path, "rb"))

    def get(self, name, target):
        self.request("GET", name, target=target)

    def names(self, prefix):
        names, token = [], None
        while True:
            query = {"list-type": "2", "prefix": prefix, **({"continuation-token": token} if token else {})}
            answer = self.request("GET", "", query=query)[1].decode()
            names += [html.unescape(name) for name in re.findall(r"<Key>([^<]*)</Key>", answer)]
            next_token = re.search(r"<NextContinuationToken>([^<]*)</NextContinuationToken>", answer)
            if not next_token:
                return names
            token = html.unescape(next_token.group(1))

    def request(self, method, name, query=None, sha256=EMPTY, headers=None, **options):
        path = quote("/".join(filter(None, [urlsplit(self.endpoint).path.strip("/"), self.settings["bucket"], name])), safe="/-_.~")
        texts = ["%s=%s" % (quote(key, safe="-_.~"), quote(value, safe="-_.~")) for key, value in sorted((query or {}).items())]
        host = urlsplit(self.endpoint).netloc
        signed = self.signed(method, "/" + path, "&".join(texts), {"host": host, "x-amz-content-sha256": sha256})
        url = "%s://%s/%s%s" % (urlsplit(self.endpoint).scheme, host, path, "?" + "&".join(texts) if texts else "")
        try:
            return send(method, url, {**signed, **(headers or {})}, self.context, **options)
        except Refused as error:
            code = re.search(rb"<Code>(\w+)</Code>", error.body)
            raise Failure("%s%s" % (error, " (%s)" % code.group(1).decode() if code else ""))

    # Returns the headers with the signature over them, the method, the path and the query.
    def signed(self, method, path, query, headers):
        time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {**headers, "x-amz-date": time}
        names = ";".join(sorted(headers))
        lines = "".join("%s:%s\n" % (name, headers[name]) for name in sorted(headers))
        canonical = "\n".join([method, path, query, lines, names, headers["x-amz-content-sha256"]])
        scope = "%s/%s/s3/aws4_request" % (time[:8], self.region)
        to_sign = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + self.settings["secretKey"]).encode()
        for part in scope.split("/"):
            key = hmac_of(key, part)
        credential = "Credential=%s/%s, SignedHeaders=%s" % (self.settings["accessKey"], scope, names)
        headers["authorization"] = "AWS4-HMAC-SHA256 %s, Signature=%s" % (credential, hmac_of(key, to_sign).hex())
        return headers
