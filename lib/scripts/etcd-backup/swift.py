# Objects in a container of Swift. Keystone gives the token and the address of Swift for an application credential.

import json
import os
from urllib.parse import quote, urlencode

from failure import Failure
from http_requests import Refused, send, trusting


class Swift:
    def __init__(self, settings):
        self.settings = settings
        self.context = trusting(settings.get("ca"))
        self.known = None

    # Uploads a file, which Swift removes `keep` seconds later. Swift compares the MD5 with what it has got.
    def put(self, name, path, sha256, md5, keep):
        headers = {"etag": md5, "content-length": str(os.path.getsize(path)), "x-delete-after": str(keep)}
        self.request("PUT", name, headers=headers, body=lambda: open(path, "rb"))

    def get(self, name, target):
        self.request("GET", name, target=target)

    def names(self, prefix):
        names = []
        while True:
            query = {"format": "json", "prefix": prefix, **({"marker": names[-1]} if names else {})}
            page = json.loads(self.request("GET", "?" + urlencode(query))[1] or b"[]")
            if not page:
                return names
            names += [entry["name"] for entry in page]

    def request(self, method, name, headers=None, **options):
        token, address = self.sign_in()
        container = quote(self.settings["container"], safe="")
        url = "%s/%s%s" % (address, container, name if name.startswith("?") else "/" + quote(name))
        return send(method, url, {**(headers or {}), "x-auth-token": token}, self.context, **options)

    # Returns a token and the address of Swift.
    def sign_in(self):
        if self.known:
            return self.known
        credential = {"id": self.settings["applicationCredentialId"], "secret": self.settings["applicationCredentialSecret"]}
        identity = {"methods": ["application_credential"], "application_credential": credential}
        body = json.dumps({"auth": {"identity": identity}}).encode()
        url = self.settings["authUrl"].rstrip("/")
        url += "/auth/tokens" if url.endswith("/v3") else "/v3/auth/tokens"
        try:
            headers, answer = send("POST", url, {"content-type": "application/json"}, self.context, body=lambda: body)
        except Refused as error:
            raise Failure("Keystone refuses the application credential: %s" % error)
        self.known = headers["x-subject-token"], self.address_in(json.loads(answer)["token"].get("catalog", []))
        return self.known

    def address_in(self, catalog):
        wanted = self.settings.get("region")
        endpoints = [each for service in catalog if service["type"] == "object-store" for each in service["endpoints"]]
        public = [each for each in endpoints if each["interface"] == "public"]
        for each in public:
            if wanted is None or wanted in (each.get("region"), each.get("region_id")):
                return each["url"].rstrip("/")
        regions = ", ".join(sorted({each.get("region") or "" for each in public}))
        raise Failure("Keystone's catalog has no Swift in the region %s; it has %s" % (wanted or "of the credential", regions or "none at all"))
