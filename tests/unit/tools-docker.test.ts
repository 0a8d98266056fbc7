import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { dockerHostOf, LOCAL_SOCKET } from "../../transport/docker-host";
import { dockerEngineStep } from "../../tools/setup/docker-engine";
import { canInstallDocker } from "../../tools/setup/docker-install";
import { engineVersion } from "../../transport/docker-looks";

const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-docker-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the engine that is meant", () => {
  const url = "tcp://10.1.2.3:2376";
  const env = { HOME: folder };
  beforeAll(() => {
    const id = createHash("sha256").update("far").digest("hex");
    const meta = path.join(folder, ".docker", "contexts", "meta", id);
    mkdirSync(meta, { recursive: true });
    writeFileSync(
      path.join(meta, "meta.json"),
      JSON.stringify({ Name: "far", Endpoints: { docker: { Host: url } } }),
    );
    writeFileSync(path.join(folder, ".docker", "config.json"), '{"currentContext":"far"}');
  });

  test("is the current context's, unless DOCKER_HOST or DOCKER_CONTEXT says otherwise", () => {
    expect(dockerHostOf(undefined, env)).toEqual({ url, from: "context", context: "far" });
    expect(dockerHostOf(undefined, { ...env, DOCKER_CONTEXT: "default" })).toEqual({
      url: LOCAL_SOCKET,
      from: "default",
    });
    const own = "unix:///run/user/1000/docker.sock";
    expect(dockerHostOf(undefined, { ...env, DOCKER_HOST: own })).toEqual({ url: own, from: "DOCKER_HOST" });
    expect(dockerHostOf(undefined, { HOME: path.join(folder, "nobody") }).url).toBe(LOCAL_SOCKET);
  });

  test("must be known", () => {
    const unknown = { ...env, DOCKER_CONTEXT: "near" };
    expect(() => dockerHostOf(undefined, unknown)).toThrow(/context "near" names no engine.*DOCKER_HOST/);
  });
});

describe("an engine of the user's choice", () => {
  const socket = path.join(folder, "engine.sock");
  const env = { DOCKER_HOST: `unix://${socket}` };

  test("is used when it answers, and never replaced by another when it does not", async () => {
    const step = dockerEngineStep(env);
    const failure = (await step.check().catch((error: unknown) => error)) as {
      message: string;
      remedy: string;
    };
    expect(failure.message).toContain(`${socket} does not answer`);
    expect(failure.remedy).toContain("unset DOCKER_HOST");
    const engine = http
      .createServer((_request, response) => response.end('{"Version":"27.1.2","ApiVersion":"1.46"}'))
      .listen(socket);
    expect(await step.check()).toContain("27.1.2");
    await new Promise((resolve) => engine.close(resolve));
  });

  test("that accepts but never answers is given up", async () => {
    const mute = http.createServer(() => undefined).listen(socket);
    await expect(engineVersion(dockerHostOf(undefined, env), 50)).resolves.toMatchObject({
      reason: "no answer within 0.05 s",
      isDenied: false,
      isOther: false,
    });
    mute.closeAllConnections();
    await new Promise((resolve) => mute.close(resolve));
  });
});

test("Docker is installed only by root on Debian and Ubuntu", () => {
  expect(canInstallDocker('ID=debian\nVERSION_ID="12"\n', 0)).toBeUndefined();
  expect(canInstallDocker('ID=linuxmint\nID_LIKE="ubuntu debian"\n', 0)).toBeUndefined();
  expect(canInstallDocker("ID=ubuntu\n", 1000)).toContain("sudo apt-get install docker.io");
  expect(canInstallDocker('ID="fedora"\n', 0)).toContain("Debian and Ubuntu");
});
