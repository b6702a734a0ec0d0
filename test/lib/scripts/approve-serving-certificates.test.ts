import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import * as d from "../../support/der.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "approve-"));
  mkdirSync(join(folder, "approved"));
  writeFileSync(join(folder, "approve"), readScript("approve-serving-certificates.py").replaceAll('"/run/', `"${folder}/run/`));
  // The request's path is the third argument from the end.
  const kubectl = [
    "#!/bin/bash",
    "case $* in",
    `*" get --raw "*) cat ${folder}/requests ;;`,
    `*" get configmaps "*) cat ${folder}/records ;;`,
    `*" replace --raw "*) name=\${7%/approval}; [[ $name != *broken ]] && cat >"${folder}/approved/\${name##*/}" ;;`,
    "esac",
  ];
  writeFileSync(join(folder, "kubectl"), kubectl.join("\n"));
  chmodSync(join(folder, "kubectl"), 0o755);
  records({ "web-1": "id-1 10.40.0.20,203.0.113.20", "web-2": "id-2 10.40.0.21 label:tier=web" });
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Spec {
  request?: string;
  username?: string;
  groups?: string[];
  usages?: string[];
  signerName?: string;
  expirationSeconds?: number;
}

/** Writes records of nodes. */
function records(...all: Record<string, string>[]): void {
  writeFileSync(join(folder, "records"), JSON.stringify({ items: all.map((data) => ({ data })) }));
}

const SPEC = {
  signerName: "kubernetes.io/kubelet-serving",
  username: "system:node:web-1",
  groups: ["system:nodes", "system:authenticated"],
  usages: ["digital signature", "server auth"],
};

/** Runs the approver for requests by name. The defaults are those of web-1's kubelet. */
function approve(requests: Record<string, Spec>, status: object = {}) {
  const items = Object.entries(requests).map(([name, { request = d.handMade(), ...spec }]) => ({
    metadata: { name, uid: `uid-of-${name}`, resourceVersion: "7" },
    spec: { ...SPEC, request: Buffer.from(request, "latin1").toString("base64"), ...spec },
    status,
  }));
  writeFileSync(join(folder, "requests"), JSON.stringify({ items }));
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const { status: code, stderr } = spawnSync("/usr/bin/python3", ["-I", join(folder, "approve")], {
    encoding: "utf8",
    env,
    timeout: 60_000,
  });
  return { code, stderr, approved: Object.keys(requests).filter((name) => existsSync(join(folder, "approved", name))) };
}

/** Returns why a request was not approved; an empty text if it was. */
function reasonFor(spec: Spec): string {
  const { code, stderr, approved } = approve({ csr: spec });
  expect(code).toBe(0);
  const [, reason = ""] = /^request csr of '.*' is left alone: (.*)\n$/.exec(stderr) ?? [];
  expect(approved).toEqual(reason === "" ? ["csr"] : []);
  return reason;
}

/** Makes a request with OpenSSL. */
function openssl(subject: string, ...extensions: string[]): string {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"];
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  return execFileSync("openssl", ["req", "-new", ...key, "-subj", subject, ...added], { stdio: ["ignore", "pipe", "ignore"] }).toString();
}

const NODE = "/O=system:nodes/CN=system:node:web-1";

it("approves requests that name only their own node, as OpenSSL and kubelets write them", () => {
  const requests = {
    openssl: { request: openssl(NODE, "subjectAltName=DNS:web-1,IP:10.40.0.20") },
    second: { request: openssl(NODE, "subjectAltName=IP:203.0.113.20") },
    printable: { request: d.handMade({ subject: d.subjectOf("web-1", d.PRINTABLE_STRING), names: [d.dns("web-1"), d.ip(10, 40, 0, 20)] }) },
    rsa: { usages: ["key encipherment", "server auth", "digital signature"] },
    other: {
      request: openssl("/O=system:nodes/CN=system:node:web-2", "subjectAltName=DNS:web-2,IP:10.40.0.21"),
      username: "system:node:web-2",
    },
  };
  expect(approve(requests)).toEqual({ code: 0, stderr: "", approved: Object.keys(requests) });
});

it("approves exactly the object that it checked", () => {
  approve({ csr: {} });
  expect(JSON.parse(readFileSync(join(folder, "approved", "csr"), "utf8"))).toEqual({
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name: "csr", uid: "uid-of-csr", resourceVersion: "7" },
    spec: { ...SPEC, request: Buffer.from(d.handMade()).toString("base64") },
    status: { conditions: [{ type: "Approved", status: "True", reason: "CaravanNode", message: "names nothing but its own node" }] },
  });
});

const FORM = "it has another form than a kubelet's";
const MORE = "it has more in it than a kubelet's";
const LENGTH = "a length in it is not DER";
const ELSE = "it asks for something else than names";
const SUBJECT = "its subject is not its node";
const KIND = "it asks for a name that is neither DNS name nor address";
const notItsOwn = (name: string) => `it asks for ${name}, which is not that node's`;

it.each([
  ["another node's name", "DNS:web-1,DNS:web-2", notItsOwn("b'web-2'")],
  ["another node's address", "DNS:web-1,IP:10.40.0.21", notItsOwn("10.40.0.21")],
  ["the API's service", "DNS:web-1,DNS:kubernetes.default.svc", notItsOwn("b'kubernetes.default.svc'")],
  ["the address of the API's service", "DNS:web-1,IP:10.96.0.1", notItsOwn("10.96.0.1")],
  ["an IPv6 address", "DNS:web-1,IP:fd00::1", notItsOwn("fd00:0000:0000:0000:0000:0000:0000:0001")],
  ["its own address as an IPv6 address", "IP:::ffff:10.40.0.20", notItsOwn("0000:0000:0000:0000:0000:ffff:0a28:0014")],
  ["a wildcard", "DNS:*.web-1", notItsOwn("b'*.web-1'")],
  ["its own name in another case", "DNS:WEB-1", notItsOwn("b'WEB-1'")],
  ["its own name with a dot", "DNS:web-1.", notItsOwn("b'web-1.'")],
  ["a mail address", "DNS:web-1,email:root@example.com", KIND],
  ["a URI", "DNS:web-1,URI:https://web-1", KIND],
  ["a registered id", "DNS:web-1,RID:1.2.3.4", KIND],
  ["another name", "DNS:web-1,otherName:1.2.3.4;UTF8:web-1", KIND],
])("does not approve OpenSSL's request for %s", (_, names, reason) => {
  expect(reasonFor({ request: openssl(NODE, `subjectAltName=${names}`) })).toBe(reason);
});

const SAN_LINE = "DER:0c:2c:0a:58:35:30:39:76:33:20:53:75:62:6a:65:63:74:20:41:6c:74";

it.each([
  ["no names", openssl(NODE), FORM],
  ["a private extension before the names", openssl(NODE, `1.2.3.4=${SAN_LINE}`, "subjectAltName=DNS:web-1"), MORE],
  [
    "a private extension after the names",
    openssl(NODE, "subjectAltName=DNS:web-1", "1.2.3.4=ASN1:UTF8:X509v3 Subject Alternative Name:"),
    MORE,
  ],
  [
    "a private extension alone, whose text looks like names",
    openssl(NODE, "1.2.3.4=ASN1:UTF8:X509v3 Subject Alternative Name:\\nDNS:web-1"),
    ELSE,
  ],
  ["names that are critical", openssl(NODE, "subjectAltName=critical,DNS:web-1"), FORM],
  ["a use of the key", openssl(NODE, "keyUsage=digitalSignature", "subjectAltName=DNS:web-1"), MORE],
  ["a CA", openssl(NODE, "basicConstraints=critical,CA:TRUE", "subjectAltName=DNS:web-1"), MORE],
  ["another node as its subject", openssl("/O=system:nodes/CN=system:node:web-2", "subjectAltName=DNS:web-1"), SUBJECT],
  ["another group", openssl("/O=system:masters/CN=system:node:web-1", "subjectAltName=DNS:web-1"), SUBJECT],
  ["a second group", openssl("/O=system:nodes/O=system:masters/CN=system:node:web-1", "subjectAltName=DNS:web-1"), SUBJECT],
  ["a second name of its subject", openssl(`${NODE}/CN=system:node:web-2`, "subjectAltName=DNS:web-1"), SUBJECT],
  ["a subject of several values", openssl("/O=system:nodes+CN=system:node:web-1", "subjectAltName=DNS:web-1"), SUBJECT],
  ["no group", openssl("/CN=system:node:web-1", "subjectAltName=DNS:web-1"), SUBJECT],
  ["no subject", openssl("/", "subjectAltName=DNS:web-1"), SUBJECT],
])("does not approve OpenSSL's request with %s", (_, request, reason) => {
  expect(reasonFor({ request })).toBe(reason);
});

const san = d.sanExtension(d.dns("web-1"));
const foreign = d.sanExtension(d.dns("kubernetes.default.svc"));
const attributes = (...content: Buffer[]) => ({ attributes: d.der(0xa0, ...content) });
const utf16 = (text: string) => Buffer.from(text, "utf16le").swap16();
const alike = d.der(
  d.SEQUENCE,
  d.PRIVATE,
  d.der(d.OCTET_STRING, "X509v3 Subject Alternative Name: \n    DNS:web-1, IP Address:10.40.0.20"),
);

it.each<[string, d.RequestParts, string]>([
  ["a private extension whose text looks like a line of names", attributes(d.extensionRequest(alike, foreign)), MORE],
  ["the same after the names", attributes(d.extensionRequest(san, alike)), MORE],
  ["names twice in one attribute", attributes(d.extensionRequest(san, foreign)), MORE],
  ["two attributes with names", attributes(d.extensionRequest(san), d.extensionRequest(foreign)), MORE],
  [
    "two sets of extensions in one attribute",
    attributes(d.der(d.SEQUENCE, d.EXTENSION_REQUEST, d.der(d.SET, d.der(d.SEQUENCE, san), d.der(d.SEQUENCE, foreign)))),
    MORE,
  ],
  ["a private attribute with names", attributes(d.der(d.SEQUENCE, d.PRIVATE, d.der(d.SET, d.der(d.SEQUENCE, san)))), ELSE],
  ["a private attribute beside the names", attributes(d.extensionRequest(san), d.der(d.SEQUENCE, d.PRIVATE, d.der(d.SET))), MORE],
  ["no attribute", attributes(), FORM],
  ["no attributes at all", { attributes: Buffer.alloc(0) }, FORM],
  [
    "attributes twice",
    { attributes: Buffer.concat([d.der(0xa0, d.extensionRequest(san)), d.der(0xa0, d.extensionRequest(foreign))]) },
    MORE,
  ],
  [
    "another extension under the names' identifier's length",
    attributes(d.extensionRequest(d.der(d.SEQUENCE, d.COMMON_NAME, d.der(d.OCTET_STRING, d.der(d.SEQUENCE, d.dns("web-1")))))),
    ELSE,
  ],
  [
    "something after the names",
    attributes(
      d.extensionRequest(d.der(d.SEQUENCE, d.SUBJECT_ALT_NAME, d.der(d.OCTET_STRING, d.der(d.SEQUENCE, d.dns("web-1")), d.dns("web-2")))),
    ),
    MORE,
  ],
  ["an empty list of names", { names: [] }, "it asks for no name, or twice for the same"],
  ["a name twice", { names: [d.dns("web-1"), d.dns("web-1")] }, "it asks for no name, or twice for the same"],
  ["a line's end in a name", { names: [d.dns("web-1\n, DNS:web-2")] }, notItsOwn("b'web-1\\n, DNS:web-2'")],
  ["a NUL in a name", { names: [d.dns("web-1\0.example.com")] }, notItsOwn("b'web-1\\x00.example.com'")],
  ["a name without characters", { names: [d.dns("")] }, notItsOwn("b''")],
  ["its own name as a name within a name", { names: [d.der(0xa2, d.dns("web-1"))] }, KIND],
  ["an address with a mask", { names: [d.ip(10, 40, 0, 20, 255, 255, 255, 255)] }, notItsOwn("b'\\n(\\x00\\x14\\xff\\xff\\xff\\xff'")],
  ["an address without bytes", { names: [d.ip()] }, notItsOwn("b''")],
  ["an address as text", { names: [d.dns("10.40.0.20")] }, notItsOwn("b'10.40.0.20'")],
  ["a directory name", { names: [d.der(0xa4, d.subjectOf("web-1"))] }, KIND],
  ["an end of contents among the names", { names: [d.dns("web-1"), d.der(0)] }, KIND],
  [
    "a subject in BMPString",
    { subject: d.der(d.SEQUENCE, d.rdn(d.ORGANIZATION, "system:nodes"), d.rdn(d.COMMON_NAME, utf16("system:node:web-1"), d.BMP_STRING)) },
    SUBJECT,
  ],
  ["a subject in TeletexString", { subject: d.subjectOf("web-1", 0x14) }, SUBJECT],
  ["a subject in IA5String", { subject: d.subjectOf("web-1", 0x16) }, SUBJECT],
  ["a subject with a line's end", { subject: d.subjectOf("web-1\n") }, SUBJECT],
  ["a subject with a NUL", { subject: d.subjectOf("web-1\0") }, SUBJECT],
  [
    "its subject's parts the other way round",
    { subject: d.der(d.SEQUENCE, d.rdn(d.COMMON_NAME, "system:node:web-1"), d.rdn(d.ORGANIZATION, "system:nodes")) },
    SUBJECT,
  ],
  ["another version", { version: d.der(d.INTEGER, "\x01") }, "it has another version"],
  ["a longer version", { version: d.der(d.INTEGER, "\0\0") }, "it has another version"],
  ["bytes after it", { trailing: Buffer.from([0]) }, MORE],
  ["another request after it", { trailing: d.der(d.SEQUENCE) }, MORE],
])("does not approve a hand-made request with %s", (_, parts, reason) => {
  expect(reasonFor({ request: d.handMade(parts) })).toBe(reason);
});

/** Makes the list of names with another length before it. */
const withLength = (...length: number[]) => {
  const names = Buffer.concat([Buffer.from([0x30, ...length]), d.dns("web-1"), ...(length[0] === 0x80 ? [Buffer.from([0, 0])] : [])]);
  return d.handMade(attributes(d.extensionRequest(d.der(d.SEQUENCE, d.SUBJECT_ALT_NAME, d.der(d.OCTET_STRING, names)))));
};

it.each([
  ["longer than needed", withLength(0x81, 7), LENGTH],
  ["with a zero before it", withLength(0x82, 0, 7), LENGTH],
  ["that is indefinite", withLength(0x80), LENGTH],
  ["of more bytes than any request has", withLength(0x84, 0, 0, 0, 7), LENGTH],
  ["of bytes that are not there", withLength(0x82), "it ends too early"],
  ["that is reserved", withLength(0xff), LENGTH],
  ["beyond its end", withLength(8), "it ends too early"],
])("does not approve a request with a length %s", (_, request, reason) => {
  expect(reasonFor({ request })).toBe(reason);
});

const PEM_REASON = "it is not one certificate request in PEM";
const good = d.handMade();

it.each([
  ["nothing", "", PEM_REASON],
  ["no PEM", "nonsense", PEM_REASON],
  ["text before it", `X509v3 Subject Alternative Name:\n${good}`, PEM_REASON],
  ["another request after it", good + d.handMade({ names: [d.dns("web-2")] }), PEM_REASON],
  ["another request before it", d.handMade({ names: [d.dns("web-2")] }) + good, PEM_REASON],
  ["headers", good.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n"), PEM_REASON],
  ["another kind of PEM", good.replaceAll("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"), PEM_REASON],
  ["spaces in its lines", good.replace("\nMI", "\n MI"), PEM_REASON],
  ["lines of Windows", good.replaceAll("\n", "\r\n"), PEM_REASON],
  ["base64 that ends in the middle", good.replace(/=*\n-----END/, "====\n-----END"), "it is not base64"],
  ["nothing in it", d.pem(Buffer.from("00", "hex")), FORM],
  ["a request that is cut off", d.pem(Buffer.from(good.split("\n").slice(1, -2).join(""), "base64").subarray(0, -5)), "it ends too early"],
])("does not approve a request that has %s", (_, request, reason) => {
  expect(reasonFor({ request })).toBe(reason);
});

const NO_NODE = "it is not a node that asks";

it.each<[string, Spec, string]>([
  ["another node that asks for it", { username: "system:node:web-2" }, SUBJECT],
  ["a node of which nothing is noted", { username: "system:node:web-9" }, "nothing is noted of that node"],
  ["a user", { username: "jane" }, NO_NODE],
  ["a node without its group", { groups: ["system:authenticated"] }, NO_NODE],
  ["a node of further groups", { groups: [...SPEC.groups, "system:masters"] }, NO_NODE],
  ["nobody", { username: "", groups: [] }, NO_NODE],
  ["a client's use", { usages: ["digital signature", "server auth", "client auth"] }, "it is for another use"],
  ["no use", { usages: [] }, "it is for another use"],
  ["a CA's use", { usages: ["digital signature", "server auth", "cert sign"] }, "it is for another use"],
  ["another signer", { signerName: "kubernetes.io/legacy-unknown" }, "it is for another use"],
  ["ten years", { expirationSeconds: 10 * 365 * 24 * 3600 }, "it is to be valid for too long"],
])("does not approve a request with %s", (_, spec, reason) => {
  expect(reasonFor(spec)).toBe(reason);
});

it("approves nothing for a node with two records or a bad one", () => {
  records({ "web-1": "id-1 10.40.0.20" }, { "web-1": "id-9 10.40.0.99" });
  expect(reasonFor({})).toBe("nothing is noted of that node");
});

it("skips decided requests", () => {
  expect(approve({ csr: {} }, { conditions: [{ type: "Denied" }] })).toEqual({ code: 0, stderr: "", approved: [] });
});

it("continues with other requests when one is forged or cannot be approved, or a record is bad", () => {
  records({ "web-1": "id-1 10.40.0.20", "web-3": "id-3", "web-4": "id-4 nowhere" });
  const forged = { request: d.handMade({ names: [d.dns("web-2")] }) };
  const bad = { request: d.handMade({ subject: d.subjectOf("web-4"), names: [d.dns("web-4")] }), username: "system:node:web-4" };
  const { code, stderr, approved } = approve({ forged, broken: {}, bad, good: {} });
  expect([code, approved, stderr.split("\n")]).toEqual([
    0,
    ["good"],
    [
      "request forged of 'system:node:web-1' is left alone: it asks for b'web-2', which is not that node's",
      "request broken was not approved: CalledProcessError",
      "request bad was not approved: ValueError",
      "",
    ],
  ]);
});

it("logs each reason once, a few at a time, and no text that would look like another line", () => {
  const username = "system:node:web-1\nrequest csr-0 was approved";
  const many = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`csr-${index}`, { username }]));
  const lines = approve(many).stderr.split("\n");
  expect([lines.length, lines[0], lines[10]]).toEqual([
    12,
    "request csr-0 of 'system:node:web-1\\nrequest csr-0 was approved' is left alone: nothing is noted of that node",
    "4 more requests were left alone",
  ]);
  expect(approve(many).stderr).toBe("");
});
