#!/usr/bin/python3 -I
# Approves requests of kubelets for serving certificates, each only for its own node's name and for its addresses in the records,
# which only administrators can write. Kubernetes leaves this to the operator. Without it, `kubectl logs`, `exec` and metrics could
# not verify kubelets.
#
# Root on a node can write any bytes into a request, and other programs parse the same bytes after this one. So the parser is strict: a
# request has the exact form of a kubelet's, in strict DER, or it is not approved.

import base64
import ipaddress
import json
import os
import re
import subprocess
import sys

SIGNER = "kubernetes.io/kubelet-serving"
REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
RECORDS = "caravan.dev/record"
TOLD = "/run/caravan/left-alone"

# Usages in requests of kubelets, with an elliptic and with an RSA key.
USAGES = [["digital signature", "server auth"], ["digital signature", "key encipherment", "server auth"]]
GROUPS = ["system:authenticated", "system:nodes"]
# Longest validity in seconds: a year, which is the controller manager's own limit.
LONGEST = 366 * 24 * 3600

# Largest number of reasons that one run logs, and of requests whose reason is known to be logged.
REASONS = 10
REMEMBERED = 1000

PEM = re.compile(rb"-----BEGIN CERTIFICATE REQUEST-----\n((?:[A-Za-z0-9+/=]{1,64}\n)+)-----END CERTIFICATE REQUEST-----\n?")

INTEGER, BIT_STRING, OCTET_STRING, OID, UTF8_STRING, PRINTABLE_STRING = 0x02, 0x03, 0x04, 0x06, 0x0C, 0x13
SEQUENCE, SET, ATTRIBUTES, DNS_NAME, IP_ADDRESS = 0x30, 0x31, 0xA0, 0x82, 0x87
COMMON_NAME, ORGANIZATION = bytes([0x55, 4, 3]), bytes([0x55, 4, 10])
SUBJECT_ALT_NAME = bytes([0x55, 0x1D, 17])
EXTENSION_REQUEST = bytes.fromhex("2a864886f70d01090e")


class Refused(Exception):
    pass


# Returns the content of the element at a position, and the position after it.
def element(data, at, tag):
    if len(data) < at + 2 or data[at] != tag:
        raise Refused("it has another form than a kubelet's")
    length, start = data[at + 1], at + 2
    if length >= 0x80:
        count = length - 0x80
        digits = data[start : start + count]
        # DER has no indefinite length, and none that is longer than needed.
        if count not in (1, 2) or len(digits) < count or digits[0] == 0:
            raise Refused("a length in it is not DER")
        length, start = int.from_bytes(digits, "big"), start + count
        if length < (0x80 if count == 1 else 0x100):
            raise Refused("a length in it is not DER")
    if len(data) < start + length:
        raise Refused("it ends too early")
    return data[start : start + length], start + length


# Returns the contents of elements with these tags. Further elements are an error.
def elements(data, *tags):
    contents, at = [], 0
    for tag in tags:
        content, at = element(data, at, tag)
        contents.append(content)
    if at != len(data):
        raise Refused("it has more in it than a kubelet's")
    return contents


def encoded(tag, content):
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def attribute(oid, kind, text):
    return encoded(SET, encoded(SEQUENCE, encoded(OID, oid) + encoded(kind, text.encode("ascii"))))


# Returns the subjects of a node of this name, in the two types of text that are in use.
def subjects(node):
    kinds = (PRINTABLE_STRING, UTF8_STRING)
    user = "system:node:" + node
    return [attribute(ORGANIZATION, o, "system:nodes") + attribute(COMMON_NAME, cn, user) for o in kinds for cn in kinds]


# Returns the names and addresses of a request, as pairs of tag and content.
def names_in(request, node):
    pem = PEM.fullmatch(request)
    if not pem:
        raise Refused("it is not one certificate request in PEM")
    text = pem.group(1).replace(b"\n", b"")
    try:
        der = base64.b64decode(text, validate=True)
    except ValueError:
        der = b""
    if base64.b64encode(der) != text:
        raise Refused("it is not base64")
    (body,) = elements(der, SEQUENCE)
    information, _, _ = elements(body, SEQUENCE, SEQUENCE, BIT_STRING)
    version, subject, _, attributes = elements(information, INTEGER, SEQUENCE, SEQUENCE, ATTRIBUTES)
    if version != b"\0":
        raise Refused("it has another version")
    if subject not in subjects(node):
        raise Refused("its subject is not its node")
    (only,) = elements(attributes, SEQUENCE)
    kind, values = elements(only, OID, SET)
    if kind != EXTENSION_REQUEST:
        raise Refused("it asks for something else than names")
    (extensions,) = elements(values, SEQUENCE)
    (extension,) = elements(extensions, SEQUENCE)
    kind, value = elements(extension, OID, OCTET_STRING)
    if kind != SUBJECT_ALT_NAME:
        raise Refused("it asks for something else than names")
    (names,) = elements(value, SEQUENCE)
    found, at = [], 0
    while at < len(names):
        if names[at] not in (DNS_NAME, IP_ADDRESS):
            raise Refused("it asks for a name that is neither DNS name nor address")
        tag = names[at]
        content, at = element(names, at, tag)
        found.append((tag, content))
    return found


# Raises Refused unless a request names its own node, and nothing else.
def check(spec, records):
    user, groups = spec.get("username", ""), sorted(spec.get("groups") or [])
    if not user.startswith("system:node:") or groups != GROUPS:
        raise Refused("it is not a node that asks")
    node = user[len("system:node:") :]
    if node not in records:
        raise Refused("nothing is noted of that node")
    if spec.get("signerName") != SIGNER or sorted(spec.get("usages") or []) not in USAGES:
        raise Refused("it is for another use")
    if (spec.get("expirationSeconds") or 0) > LONGEST:
        raise Refused("it is to be valid for too long")
    found = names_in(base64.b64decode(spec["request"]), node)
    allowed = [(DNS_NAME, node.encode("ascii"))] + [(IP_ADDRESS, ipaddress.ip_address(each).packed) for each in records[node]]
    if not found or len(set(found)) != len(found):
        raise Refused("it asks for no name, or twice for the same")
    for tag, content in found:
        if (tag, content) not in allowed:
            raise Refused("it asks for %s, which is not that node's" % shown(tag, content))


def shown(tag, content):
    if tag == IP_ADDRESS and len(content) in (4, 16):
        return ipaddress.ip_address(content).exploded
    return ascii(content[:80])


def kubectl(*arguments, **options):
    command = ["kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "--request-timeout", "20s", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=30, **options).stdout


# Returns addresses by node. A node in two records is left out, because it is not known which one is right.
def read_records():
    maps = json.loads(kubectl("--namespace", "kube-system", "get", "configmaps", "--selector", RECORDS, "--output", "json"))
    records, twice = {}, set()
    for each in maps["items"]:
        for node, note in (each.get("data") or {}).items():
            if node in records:
                twice.add(node)
            records[node] = (note.split(" ") + [""])[1].split(",")
    return {node: addresses for node, addresses in records.items() if node not in twice}


# Approves the request that was checked, and no later one of the same name: the object has its resourceVersion.
def approve(request):
    condition = {"type": "Approved", "status": "True", "reason": "CaravanNode", "message": "names nothing but its own node"}
    request["status"] = dict(request.get("status") or {}, conditions=[condition])
    request.update(apiVersion="certificates.k8s.io/v1", kind="CertificateSigningRequest")
    path = "%s/%s/approval" % (REQUESTS, request["metadata"]["name"])
    kubectl("replace", "--raw", path, "--filename", "-", input=json.dumps(request).encode())


# Logs why requests were not approved, once each, and a limited number at a time.
def tell(reasons):
    try:
        with open(TOLD) as file:
            known = file.read().split("\n")
    except OSError:
        known = []
    told = set(known)
    new = [(uid, reason) for uid, reason in reasons if uid not in told]
    for _, reason in new[:REASONS]:
        print(reason, file=sys.stderr)
    if len(new) > REASONS:
        print("%d more requests were left alone" % (len(new) - REASONS), file=sys.stderr)
    if new:
        os.makedirs(os.path.dirname(TOLD), exist_ok=True)
        with open(TOLD, "w") as file:
            file.write("\n".join((known + [uid for uid, _ in new])[-REMEMBERED:]))


def main():
    found = json.loads(kubectl("get", "--raw", REQUESTS + "?fieldSelector=spec.signerName%3Dkubernetes.io%2Fkubelet-serving"))
    pending = [each for each in found["items"] or [] if not (each.get("status") or {}).get("conditions")]
    if not pending:
        return
    records = read_records()
    reasons = []
    for each in pending:
        meta, spec = each["metadata"], each["spec"]
        try:
            check(spec, records)
            approve(each)
        except Refused as refusal:
            reasons.append((meta["uid"], "request %s of %s is left alone: %s" % (meta["name"], ascii(spec.get("username")), refusal)))
        except Exception as error:  # Nothing that a node writes keeps the others waiting.
            reasons.append((meta["uid"], "request %s was not approved: %s" % (meta["name"], type(error).__name__)))
    tell(reasons)


main()
