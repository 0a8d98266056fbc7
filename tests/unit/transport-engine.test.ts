import { mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { createServer as createSecureServer } from "node:tls";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { connectedCliVariables, connectedHost } from "../../transport/docker-host";
import { EngineTransport } from "../../transport/engine";
import { makeCertificates, tlsOptions } from "../certificates";

let folder: string;
let server: Server | undefined;
const { PATH, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH } = process.env;

beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "engine-"))));
afterEach(() => {
  server?.close();
  server = undefined;
  for (const [name, value] of Object.entries({ PATH, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function transport(): Promise<EngineTransport> {
  const file = path.join(folder, "engine.sock");
  server = createServer((client) => client.end("hello"));
  await new Promise<void>((resolve) => server?.listen(file, resolve));
  return new EngineTransport({ dockerHost: `unix://${file}` });
}

test("a stream leads to the engine", async () => {
  const engine = await transport();
  expect(await text(await engine.dialEngine())).toBe("hello");
});

test("over TLS both sides show their certificates", async () => {
  const certificates = makeCertificates(path.join(folder, "certificates"));
  const options = { ...tlsOptions(certificates.server), requestCert: true };
  const secure = createSecureServer(options, (client) => client.end("hello over TLS"));
  server = secure.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  const dockerHost = `tcp://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  process.env.DOCKER_TLS_VERIFY = "1";
  process.env.DOCKER_CERT_PATH = certificates.client;
  expect(await text(await new EngineTransport({ dockerHost }).dialEngine())).toBe("hello over TLS");

  const others = makeCertificates(path.join(folder, "others"));
  process.env.DOCKER_CERT_PATH = others.client;
  await expect(new EngineTransport({ dockerHost }).dialEngine()).rejects.toMatchObject({
    failure: "unreachable",
    message: expect.stringMatching(/DOCKER_TLS_VERIFY asks for TLS .* look whether its ca\.pem signed/),
  });
});

test("an engine that does not answer is unreachable, and named", async () => {
  const engine = new EngineTransport({ dockerHost: `unix://${folder}/none.sock` });
  await expect(engine.dialEngine()).rejects.toMatchObject({
    failure: "unreachable",
    message: expect.stringMatching(
      /^unix:.*none\.sock: it does not answer at unix:.*none\.sock: connect ENOENT.*Start it or name another one by the connection's `dockerHost` or `context`/,
    ),
  });
  const nowhere = new EngineTransport({ context: "nowhere" });
  await expect(nowhere.dialEngine()).rejects.toMatchObject({
    failure: "unreachable",
    message: expect.stringMatching(/^context nowhere: .*The docker context "nowhere" names no engine/),
  });
});

test("commands run here, with the docker CLI turned to that engine", async () => {
  const docker = path.join(folder, "docker");
  writeFileSync(docker, '#!/bin/sh\necho "$DOCKER_HOST $*"; cat; echo no >&2; exit 3\n');
  chmodSync(docker, 0o755);
  process.env.PATH = `${folder}:${PATH}`;
  const engine = await transport();
  const seen: string[] = [];
  const ended = await engine.run(["docker", "stack", "deploy"], {
    stdin: "compose",
    onStdout: (chunk) => seen.push(chunk.toString()),
  });
  const stdout = `unix://${folder}/engine.sock stack deploy\ncompose`;
  expect(ended).toEqual({ exitCode: 3, stdout, stderr: "no\n" });
  expect(seen.join("")).toBe(stdout);
});

test("a command that is not there says what is needed, one that is cancelled ends", async () => {
  process.env.PATH = folder;
  const engine = await transport();
  await expect(engine.run(["docker", "stack", "rm", "shop"])).rejects.toThrow(
    /`docker` could not be started on this machine: .*ENOENT.*Stacks are deployed by Docker's own CLI\. Install it/,
  );
  process.env.PATH = PATH;
  const cancelled = new AbortController();
  const sleeping = engine.run(["sleep", "60"], { signal: cancelled.signal });
  cancelled.abort();
  await expect(sleeping).rejects.toThrow(/abort/i);
});

describe("the engine of a connection", () => {
  const env = { DOCKER_HOST: "tcp://10.0.0.9:2375", DOCKER_CONFIG: "/nowhere", DOCKER_CONTEXT: "other" };

  test("is the one that is given, whatever the shell says; the context default is what the shell says", () => {
    expect(connectedHost({ dockerHost: "unix:///run/own.sock" }, env).url).toBe("unix:///run/own.sock");
    expect(connectedHost({ context: "default" }, env).url).toBe("tcp://10.0.0.9:2375");
    expect(connectedHost({ context: "default" }, { ...env, DOCKER_HOST: undefined }).url).toBe(
      "unix:///var/run/docker.sock",
    );
    const manager = "unix:///home/me/.pulumi-swarm/1a/manager-1.sock";
    const pointed = { ...env, HOME: "/home/me", DOCKER_HOST: manager, PULUMI_SWARM_DOCKER_HOST: manager };
    expect(connectedHost({ context: "default" }, pointed).url).toBe(manager);
    expect(() => connectedHost({ context: "far" }, env)).toThrow(/The docker context "far" names no engine/);
  });

  test("is the docker CLI's as well", () => {
    expect(connectedCliVariables({ dockerHost: "tcp://10.0.0.1:2376" })).toEqual({
      DOCKER_HOST: "tcp://10.0.0.1:2376",
      DOCKER_CONTEXT: undefined,
    });
    expect(connectedCliVariables({ context: "far" })).toEqual({
      DOCKER_CONTEXT: "far",
      DOCKER_HOST: undefined,
    });
    expect(connectedCliVariables({ context: "default" })).toEqual({ DOCKER_CONTEXT: "default" });
  });
});
