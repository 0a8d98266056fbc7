import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { withoutCluster } from "../../foundation/shell-of-cluster";
import { dockerEndpoint } from "../../transport/docker-endpoint";
import { dockerRemedy } from "../../transport/docker-failure";
import { dockerCliVariables, dockerHostOf } from "../../transport/docker-host";
import { HostClient } from "../../transport/docker-client";
import { makeCertificates } from "../certificates";

// openssl makes keys for some of these, on a busy machine.
jest.setTimeout(60_000);

const home = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-docker-host-"));
afterAll(() => rmSync(home, { recursive: true }));

const docker = path.join(home, ".docker");
const tcp = "tcp://10.1.2.3:2376";
const verified = (folder: string) => ({
  folder,
  needsCa: true,
  verify: true,
  askedBy: "DOCKER_TLS_VERIFY",
});

/** What `docker context create` writes. */
function makeContext(name: string, endpoint: object, files: string[] = []): string {
  const id = createHash("sha256").update(name).digest("hex");
  const folderOf = (kind: string) => path.join(docker, "contexts", kind, id);
  mkdirSync(folderOf("meta"), { recursive: true });
  const meta = { Name: name, Endpoints: { docker: endpoint } };
  writeFileSync(path.join(folderOf("meta"), "meta.json"), JSON.stringify(meta));
  const tls = path.join(folderOf("tls"), "docker");
  if (files.length > 0) mkdirSync(tls, { recursive: true });
  for (const file of files) writeFileSync(path.join(tls, file), "");
  return tls;
}

describe("a shell that was pointed at a cluster", () => {
  const socket = `unix://${home}/.pulumi-swarm/0123456789ab/manager-1.sock`;
  const pointed = { HOME: home, DOCKER_HOST: socket, PULUMI_SWARM_DOCKER_HOST: socket };

  test("has the engine that it had before, whatever named it", () => {
    expect(dockerHostOf(undefined, pointed)).toEqual(dockerHostOf(undefined, { HOME: home }));
    const before = { ...pointed, PULUMI_SWARM_FORMER_DOCKER_HOST: tcp };
    expect(dockerHostOf(undefined, before)).toEqual({ url: tcp, from: "DOCKER_HOST" });
    makeContext("near", { Host: tcp });
    expect(dockerHostOf(undefined, { ...pointed, DOCKER_CONTEXT: "near" })).toMatchObject({
      context: "near",
    });
    expect(withoutCluster(before)).toEqual({ HOME: home, DOCKER_HOST: tcp });
    expect(withoutCluster(pointed)).toEqual({ HOME: home });
  });

  test("and at another engine since then has that one", () => {
    const since = { ...pointed, DOCKER_HOST: "unix:///run/own.sock" };
    expect(dockerHostOf(undefined, since).url).toBe("unix:///run/own.sock");
    expect(withoutCluster(since)).toBe(since);
  });

  test("by hand, or by a context, has none: the nodes would be looked for in one of them", () => {
    const refusal = /manager-1\.sock.* is a manager of a cluster, not the engine that runs its nodes\./;
    expect(() => dockerHostOf(undefined, { HOME: home, DOCKER_HOST: socket })).toThrow(refusal);
    makeContext("cluster", { Host: socket });
    expect(() => dockerHostOf(undefined, { HOME: home, DOCKER_CONTEXT: "cluster" })).toThrow(
      /\(context cluster\) is a manager .* docker context use default/,
    );
    expect(dockerHostOf(socket, { HOME: home })).toEqual({ url: socket, from: "dockerHost" });
  });
});

describe("an address", () => {
  const noise = { HOME: home, DOCKER_HOST: "tcp://127.0.0.1:9", DOCKER_CONTEXT: "far" };

  test("that is given outright wins over everything in the environment", () => {
    for (const url of ["unix:///run/own.sock", tcp, "http://10.1.2.3"])
      expect(dockerHostOf(url, noise)).toEqual({ url, from: "dockerHost" });
  });

  test.each([
    ["nothing", {}, undefined],
    ["a folder alone", { DOCKER_CERT_PATH: "/certs" }, undefined],
    ["DOCKER_TLS_VERIFY", { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" }, verified("/certs")],
    ["DOCKER_TLS_VERIFY, whatever it says", { DOCKER_TLS_VERIFY: "0" }, verified(docker)],
    ["an empty DOCKER_TLS_VERIFY", { DOCKER_TLS_VERIFY: "" }, undefined],
    [
      "DOCKER_TLS",
      { DOCKER_TLS: "1", DOCKER_CONFIG: "/config" },
      { folder: "/config", needsCa: true, verify: false, askedBy: "DOCKER_TLS" },
    ],
  ])("of TCP has the TLS of the environment, as with docker --host: %s", (_what, tls, expected) => {
    expect(dockerHostOf(tcp, { HOME: home, ...tls }).tls).toEqual(expected);
    expect(dockerHostOf(undefined, { HOME: home, ...tls, DOCKER_HOST: tcp })).toEqual({
      url: tcp,
      from: "DOCKER_HOST",
      ...(expected ? { tls: expected } : {}),
    });
  });

  test("that is a socket has no TLS, and one of https always has", () => {
    const env = { HOME: home, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
    expect(dockerHostOf("unix:///run/own.sock", env).tls).toBeUndefined();
    expect(dockerHostOf("http://10.1.2.3", env).tls).toBeUndefined();
    expect(dockerHostOf("https://10.1.2.3", env).tls).toEqual(verified("/certs"));
    expect(dockerHostOf("https://10.1.2.3", { HOME: home }).tls).toEqual({
      needsCa: true,
      verify: true,
      askedBy: "https://",
    });
  });

  test("of nobody is TLS on this machine where the environment asks for TLS", () => {
    const host = dockerHostOf(undefined, { HOME: path.join(home, "nobody"), DOCKER_TLS_VERIFY: "1" });
    expect(host).toMatchObject({ url: "tcp://localhost:2376", from: "DOCKER_TLS", tls: { verify: true } });
  });

  test.each([
    ["unix:///run/own.sock", { protocol: "http", socketPath: "/run/own.sock" }],
    ["tcp://10.1.2.3", { protocol: "http", host: "10.1.2.3", port: 2375 }],
    ["tcp://[::1]:1234", { protocol: "http", host: "::1", port: 1234 }],
    ["engine.lan:1234", { protocol: "http", host: "engine.lan", port: 1234 }],
    ["http://engine.lan", { protocol: "http", host: "engine.lan", port: 80 }],
    ["https://engine.lan/", { protocol: "https", host: "engine.lan", port: 443, agent: expect.anything() }],
  ])("%s is understood", (url, expected) => {
    expect(dockerEndpoint(dockerHostOf(url, { HOME: home }))).toEqual(expected);
  });

  test.each([
    ["ssh://me@far:22", /scheme "ssh:".*ssh -nNT -L .* -p 22 me@far\) and set DOCKER_HOST to unix:/],
    ["fd://1", /scheme "fd:".*Set DOCKER_HOST or choose another context/],
    ["tcp://far/engine", /has a path.*Leave it out/],
    ["nonsense", /no address of a Docker Engine\. Write it like/],
  ])("%s is refused, with the way out", (url, expected) => {
    expect(() => dockerEndpoint(dockerHostOf(url, {}))).toThrow(expected);
  });
});

describe("a context", () => {
  const of = (DOCKER_CONTEXT: string) =>
    // The environment's TLS is not for contexts.
    dockerHostOf(undefined, { HOME: home, DOCKER_CONTEXT, DOCKER_TLS_VERIFY: "1" });

  test("brings its own certificates", () => {
    const folder = makeContext("secure", { Host: tcp }, ["ca.pem", "cert.pem", "key.pem"]);
    expect(of("secure")).toEqual({
      url: tcp,
      from: "context",
      context: "secure",
      tls: { folder, needsCa: false, verify: true, askedBy: 'the context "secure"' },
    });
  });

  test("may go without a look at the engine's certificate, with or without files", () => {
    makeContext("trusting", { Host: tcp, SkipTLSVerify: true });
    expect(of("trusting").tls).toMatchObject({ verify: false });
    makeContext("plain", { Host: tcp });
    expect(of("plain").tls).toBeUndefined();
    makeContext("socket", { Host: "unix:///run/own.sock", SkipTLSVerify: true });
    expect(of("socket").tls).toBeUndefined();
  });
});

describe("certificates", () => {
  let folder: string;
  beforeAll(() => void (folder = makeCertificates(path.join(home, "certificates")).client));
  const env = (certificates: string) => ({
    HOME: home,
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: certificates,
  });
  const endpoint = (certificates: string) => dockerEndpoint(dockerHostOf(tcp, env(certificates)));

  test("are inside of the agent: nothing that is printed of an endpoint or a client shows the key", () => {
    const { inspect } = jest.requireActual<typeof import("node:util")>("node:util");
    const secure = endpoint(folder);
    const shown = [secure, new HostClient("engine", dockerHostOf(tcp, env(folder)), 1)].map((each) =>
      inspect(each, { depth: null, showHidden: true }),
    );
    expect(secure.protocol).toBe("https");
    expect(shown.join()).not.toContain("PRIVATE");
  });

  test("that are missing or no certificates are named with the way out, without a word of what they hold", () => {
    const other = (change: (file: (name: string) => string) => void) => {
      const made = mkdtempSync(path.join(home, "other-"));
      for (const name of ["ca.pem", "cert.pem", "key.pem"])
        writeFileSync(path.join(made, name), "-----BEGIN CERTIFICATE-----\nc2VjcmV0\n");
      change((name) => path.join(made, name));
      return made;
    };
    expect(() => endpoint("/nowhere")).toThrow(
      /DOCKER_TLS_VERIFY asks for TLS, and \/nowhere\/ca\.pem cannot be read: ENOENT.*DOCKER_CERT_PATH/,
    );
    const noPem = other((file) => writeFileSync(file("key.pem"), "the very secret key"));
    expect(() => endpoint(noPem)).toThrow(/key\.pem is not in PEM form\. Put/);
    const broken = other(() => undefined);
    expect(() => endpoint(broken)).toThrow(/cannot be used: .*Put a pair in PEM/);
    for (const each of [noPem, broken]) expect(() => endpoint(each)).not.toThrow(/secret/);
  });

  test("an authority alone is enough, as for the docker CLI", () => {
    const alone = mkdtempSync(path.join(home, "alone-"));
    writeFileSync(path.join(alone, "ca.pem"), "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    expect(endpoint(alone).protocol).toBe("https");
  });
});

describe("the docker CLI", () => {
  const plain = { DOCKER_TLS: "", DOCKER_TLS_VERIFY: "" };
  test.each([
    [undefined, {}],
    ["unix:///run/own.sock", { DOCKER_HOST: "unix:///run/own.sock", ...plain }],
    [tcp, { DOCKER_HOST: tcp }],
    ["http://far", { DOCKER_HOST: "tcp://far:80", ...plain }],
    ["https://far:2376/", { DOCKER_HOST: "tcp://far:2376", DOCKER_TLS_VERIFY: "1" }],
  ])("is told to talk to %s", (dockerHost, expected) => {
    expect(dockerCliVariables(dockerHost)).toEqual(expected);
  });
});

test.each([
  [{ DOCKER_TLS_VERIFY: "1" }, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", /look whether its ca\.pem signed/],
  [
    { DOCKER_TLS_VERIFY: "1" },
    "ECONNREFUSED",
    /^Start it or name another one in the platform's `dockerHost`/,
  ],
  [{}, "ECONNRESET", /^Start it .*If it speaks TLS: set DOCKER_TLS_VERIFY=1/],
  [{}, "ECONNREFUSED", /installs and starts one\)\.$/],
])("the remedy follows the failure: %j %s", (env, code, expected) => {
  expect(dockerRemedy(dockerHostOf(tcp, { HOME: home, ...env }), code)).toMatch(expected);
});

test("a user who may not open the socket is told how to be let in", () => {
  expect(dockerRemedy(dockerHostOf("unix:///run/docker.sock"), "EACCES")).toMatch(/usermod -aG docker/);
});
