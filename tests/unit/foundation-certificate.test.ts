import { createPrivateKey, X509Certificate } from "node:crypto";
import { connect, createServer } from "node:tls";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { makeAuthority, makeServerCertificate } from "../../foundation/certificate";

const DAY_MS = 86_400_000;

test("an authority signs the certificate of a server, and of nothing else", () => {
  const authority = makeAuthority("test", 20 * 365);
  const server = makeServerCertificate(authority, "registry.example.com", 365);
  const [signer, signed] = [
    new X509Certificate(authority.certificate),
    new X509Certificate(server.certificate),
  ];
  expect([signer.ca, signed.ca]).toEqual([true, false]);
  expect(signer.verify(signer.publicKey)).toBe(true);
  expect(signed.verify(signer.publicKey)).toBe(true);
  expect(signed.checkIssued(signer)).toBe(true);
  expect(signed.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
  expect(signed.verify(new X509Certificate(makeAuthority("test", 1).certificate).publicKey)).toBe(false);
  expect(signed.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  const days = (Date.parse(signer.validTo) - Date.now()) / DAY_MS;
  expect(Math.round(days)).toBe(20 * 365);
});

test.each([
  ["registry.example.com", "DNS:registry.example.com"],
  ["10.0.0.11", "IP Address:10.0.0.11"],
  ["2001:DB8::1", "IP Address:2001:DB8:0:0:0:0:0:1"],
  ["::", "IP Address:0:0:0:0:0:0:0:0"],
  ["::ffff:192.0.2.1", "IP Address:0:0:0:0:0:FFFF:C000:201"],
  [`${"a".repeat(60)}.${"b".repeat(60)}.example`, `DNS:${"a".repeat(60)}.${"b".repeat(60)}.example`],
])("it is for %s", (address, expected) => {
  const { certificate } = makeServerCertificate(makeAuthority("test", 1), address, 1);
  expect(new X509Certificate(certificate).subjectAltName).toBe(expected);
});

test("serial numbers and times are as others read them, in many certificates and past 2050", () => {
  const authority = makeAuthority("test", 40 * 365);
  expect(new X509Certificate(authority.certificate).validTo).toMatch(/ 20[6-9]\d GMT$/);
  const serials = Array.from({ length: 300 }, () => {
    const { certificate } = makeServerCertificate(authority, "10.0.0.1", 1);
    return BigInt(`0x${new X509Certificate(certificate).serialNumber}`);
  });
  expect(new Set(serials).size).toBe(300);
  expect(serials.every((serial) => serial > 0n)).toBe(true);
});

test.each([
  ["its own authority", true],
  ["another one of the same name", false],
])("a client that trusts %s", async (_which, isOwn) => {
  const authority = makeAuthority("test", 1);
  const { certificate, key } = makeServerCertificate(authority, "127.0.0.1", 1);
  const server = createServer({ cert: certificate, key }, (socket) => socket.end("hello")).on(
    "tlsClientError",
    () => undefined,
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const ca = isOwn ? authority.certificate : makeAuthority("test", 1).certificate;
  const client = connect({ host: "127.0.0.1", port, ca });
  try {
    const ended = isOwn
      ? await once(client, "secureConnect").then(() => "connected")
      : await once(client, "error").then(([error]) => (error as Error).message);
    expect(ended).toMatch(isOwn ? /^connected$/ : /unable to (verify|get)/);
  } finally {
    client.destroy();
    server.close();
  }
});
