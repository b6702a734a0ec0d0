/** Makes an element of DER, or of an imitation. */
export function der(tag: number, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OID = 0x06;
export const UTF8_STRING = 0x0c;
export const SEQUENCE = 0x30;
export const SET = 0x31;
export const PRINTABLE_STRING = 0x13;
export const BMP_STRING = 0x1e;

export const COMMON_NAME = der(OID, Buffer.from("550403", "hex"));
export const ORGANIZATION = der(OID, Buffer.from("55040a", "hex"));
export const SUBJECT_ALT_NAME = der(OID, Buffer.from("551d11", "hex"));
export const EXTENSION_REQUEST = der(OID, Buffer.from("2a864886f70d01090e", "hex"));
/** 1.2.3.4, which nobody uses. */
export const PRIVATE = der(OID, Buffer.from("2a0304", "hex"));

/** Parts of a certificate request. @default those of a kubelet */
export interface RequestParts {
  version?: Buffer;
  subject?: Buffer;
  attributes?: Buffer;
  /** Names in the only extension of the only attribute. */
  names?: Buffer[];
  /** Content after the request. */
  trailing?: Buffer;
}

/** Makes a relative distinguished name with one attribute. */
export function rdn(kind: Buffer, text: Buffer | string, tag = UTF8_STRING): Buffer {
  return der(SET, der(SEQUENCE, kind, der(tag, text)));
}

export function subjectOf(node: string, tag = UTF8_STRING): Buffer {
  return der(SEQUENCE, rdn(ORGANIZATION, "system:nodes", tag), rdn(COMMON_NAME, `system:node:${node}`, tag));
}

export const dns = (name: Buffer | string): Buffer => der(0x82, name);
export const ip = (...bytes: number[]): Buffer => der(0x87, Buffer.from(bytes));

export function sanExtension(...names: Buffer[]): Buffer {
  return der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTET_STRING, der(SEQUENCE, ...names)));
}

export function extensionRequest(...extensions: Buffer[]): Buffer {
  return der(SEQUENCE, EXTENSION_REQUEST, der(SET, der(SEQUENCE, ...extensions)));
}

/** Makes a certificate request in PEM by hand. Its signature is invalid. */
export function handMade(parts: RequestParts = {}): string {
  const {
    version = der(INTEGER, "\0"),
    subject = subjectOf("web-1"),
    names = [dns("web-1")],
    attributes = der(0xa0, extensionRequest(sanExtension(...names))),
    trailing = Buffer.alloc(0),
  } = parts;
  const key = der(SEQUENCE, der(SEQUENCE, PRIVATE), der(BIT_STRING, "\0key"));
  const information = der(SEQUENCE, version, subject, key, attributes);
  return pem(Buffer.concat([der(SEQUENCE, information, der(SEQUENCE, PRIVATE), der(BIT_STRING, "\0signature")), trailing]));
}

export function pem(content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join("\n")}\n-----END CERTIFICATE REQUEST-----\n`;
}
