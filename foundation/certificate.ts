import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import * as der from "./der";

/** A certificate and its private key, both as PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"));
/** Clocks of machines differ. */
const EARLIER_MS = DAY_MS;

/** An authority that signs the certificates of servers. Its name is unlike that of any other: who trusts two tells them apart by it. */
export function makeAuthority(name: string, days: number): KeyPair {
  const { publicKey, privateKey } = newKey();
  const subject = nameOf(`${name} ${randomBytes(4).toString("hex")}`);
  const extensions = [
    extension("2.5.29.19", der.sequence(der.boolean(true), der.integer(Buffer.from([0]))), true),
    // keyCertSign
    extension("2.5.29.15", der.bitString(Buffer.from([0x04]), 2), true),
    extension("2.5.29.14", der.octetString(keyIdOf(publicKey))),
  ];
  const certificate = signed({ subject, issuer: subject, publicKey, days, extensions }, privateKey);
  return { certificate, key: pemOf(privateKey) };
}

/** The certificate of a server, for an address or a name. */
export function makeServerCertificate(authority: KeyPair, address: string, days: number): KeyPair {
  const { publicKey, privateKey } = newKey();
  const signer = createPublicKey(authority.certificate);
  const extensions = [
    // digitalSignature
    extension("2.5.29.15", der.bitString(Buffer.from([0x80]), 7), true),
    // serverAuth
    extension("2.5.29.37", der.sequence(der.oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", der.sequence(alternativeName(address))),
    extension("2.5.29.35", der.sequence(der.tagged(0, keyIdOf(signer)))),
  ];
  // A common name has 64 characters at most, and nobody looks at it where there are alternative ones.
  const subject = nameOf("registry");
  const issuer = subjectOf(authority.certificate);
  const certificate = signed(
    { subject, issuer, publicKey, days, extensions },
    createPrivateKey(authority.key),
  );
  return { certificate, key: pemOf(privateKey) };
}

interface Content {
  subject: Buffer;
  issuer: Buffer;
  publicKey: KeyObject;
  days: number;
  extensions: Buffer[];
}

/** RFC 5280, 4.1. */
function signed({ subject, issuer, publicKey, days, extensions }: Content, signer: KeyObject): string {
  const now = Date.now();
  const content = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2])), true),
    der.integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    issuer,
    der.sequence(der.time(new Date(now - EARLIER_MS)), der.time(new Date(now + days * DAY_MS))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der.tagged(3, der.sequence(...extensions), true),
  );
  const whole = der.sequence(content, ECDSA_WITH_SHA256, der.bitString(sign("sha256", content, signer)));
  const lines = whole.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function newKey() {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}

function extension(id: string, content: Buffer, isCritical = false): Buffer {
  return der.sequence(der.oid(id), ...(isCritical ? [der.boolean(true)] : []), der.octetString(content));
}

function nameOf(commonName: string): Buffer {
  return der.sequence(der.setOf(der.sequence(der.oid("2.5.4.3"), der.utf8(commonName))));
}

/** Of a certificate that {@link makeAuthority} made: a common name and nothing else. */
function subjectOf(certificate: string): Buffer {
  return nameOf(new X509Certificate(certificate).subject.replace(/^CN=/, ""));
}

function keyIdOf(key: KeyObject): Buffer {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

function alternativeName(address: string): Buffer {
  if (isIPv4(address)) return der.tagged(7, Buffer.from(address.split(".").map(Number)));
  if (isIPv6(address)) return der.tagged(7, bytesOfIPv6(address));
  return der.tagged(2, Buffer.from(address, "ascii"));
}

function bytesOfIPv6(address: string): Buffer {
  // The URL parser writes it with colons and lower-case hexadecimal digits alone, whatever way it was written.
  const [head, tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const words = (part = "") => (part === "" ? [] : part.split(":").map((word) => parseInt(word, 16)));
  const [before, after] = [words(head), words(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 0xff]));
}
