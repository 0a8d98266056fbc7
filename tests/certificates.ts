import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Files of one side as docker names them, in a folder of their own: ca.pem, cert.pem, key.pem. */
export interface Certificates {
  server: string;
  client: string;
}

/** An authority, and what it signed: a server and a client. @param name - of the server */
export function makeCertificates(folder: string, name = "IP:127.0.0.1"): Certificates {
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => path.join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = ["-x509", "-days", "1", "-subj", "/CN=a test's authority"];
  openssl("req", ...authority, ...key, "-keyout", file("ca-key.pem"), "-out", file("ca.pem"));
  const side = (who: string, extensions: string) => {
    mkdirSync(file(who));
    const inside = (each: string) => path.join(file(who), each);
    copyFileSync(file("ca.pem"), inside("ca.pem"));
    writeFileSync(file("extensions"), extensions);
    openssl("req", ...key, "-subj", `/CN=${who}`, "-keyout", inside("key.pem"), "-out", file("request"));
    const signed = ["-CA", file("ca.pem"), "-CAkey", file("ca-key.pem"), "-CAcreateserial", "-days", "1"];
    const given = ["-in", file("request"), "-extfile", file("extensions")];
    openssl("x509", "-req", ...signed, ...given, "-out", inside("cert.pem"));
    return file(who);
  };
  return {
    server: side("server", `subjectAltName=${name}\nextendedKeyUsage=serverAuth\n`),
    client: side("client", "extendedKeyUsage=clientAuth\n"),
  };
}

/** A folder of certificates as TLS options of Node. */
export function tlsOptions(folder: string): { ca: Buffer; cert: Buffer; key: Buffer } {
  const read = (name: string) => readFileSync(path.join(folder, name));
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
