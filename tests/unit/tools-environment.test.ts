import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { exportLine, toolsEnvironment } from "../../tools/setup/environment";
import { cachedBinFolder } from "../../tools/setup/paths";
import { findPulumi } from "../../tools/setup/pulumi-cli";
import { stateBackend, stateStep } from "../../tools/setup/state";

const home = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-home-"));
const project = path.join(home, "it's a project");
/** A machine with nothing but the system's own tools. */
const bare = { HOME: home, PATH: "/usr/bin:/bin", PULUMI_SWARM_CACHE: path.join(home, "cache") };
const bin = cachedBinFolder(bare);

function executable(file: string, script: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

beforeAll(() => {
  mkdirSync(project);
  executable(path.join(bin, "pulumi"), "echo v3.250.0");
});
afterAll(() => rmSync(home, { recursive: true }));

describe("the Pulumi CLI", () => {
  test("is the user's own where it is new enough", () => {
    const own = path.join(home, "own");
    executable(path.join(own, "pulumi"), "echo v3.220.1");
    const env = { ...bare, PATH: `${own}:${bare.PATH}` };
    expect(findPulumi(env)).toEqual({ file: path.join(own, "pulumi"), version: "3.220.1", origin: "path" });
  });

  test.each(["echo v3.199.9", "exit 1"])(
    "is not the user's own when its version command is `%s`",
    (script) => {
      const old = path.join(home, "old");
      executable(path.join(old, "pulumi"), script);
      expect(findPulumi({ ...bare, PATH: `${old}:${bare.PATH}` })?.origin).toBe("built");
    },
  );

  test("is not npm's wrapper of that name", () => {
    const wrappers = path.join(home, "node_modules", ".bin");
    executable(path.join(wrappers, "pulumi"), "echo v9.9.9");
    expect(findPulumi({ ...bare, PATH: `${wrappers}:${bare.PATH}` })?.origin).toBe("built");
  });

  test("is a downloaded release only when it is whole", () => {
    const env = { ...bare, PULUMI_HOME: path.join(home, "ph"), PULUMI_VERSION: "3.260.0" };
    const release = path.join(home, "ph", "versions", "3.260.0", "bin", "pulumi");
    executable(release, "");
    expect(findPulumi(env)?.origin).toBe("built");
    executable(`${release}-language-nodejs`, "");
    expect(findPulumi(env)).toEqual({ file: release, version: "3.260.0", origin: "release" });
  });
});

describe("the environment", () => {
  test("puts the built CLI in front of PATH and keeps the state below the project", () => {
    const env = toolsEnvironment(project, bare);
    expect(env.PATH).toBe(`${bin}:${bare.PATH}`);
    expect(env.PULUMI_BACKEND_URL).toBe(`file://${encodeURI(project)}/.pulumi-state?metadata=skip`);
    expect(env.PULUMI_CONFIG_PASSPHRASE_FILE).toBe(path.join(project, ".pulumi-state", "passphrase"));
    expect(env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION).toBe("true");
  });

  test("is respected where the user set it", () => {
    const mine = { ...bare, PULUMI_CONFIG_PASSPHRASE: "mine", PULUMI_SKIP_UPDATE_CHECK: "false" };
    const env = toolsEnvironment(project, mine);
    expect(env).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
    expect(env.PULUMI_SKIP_UPDATE_CHECK).toBe("false");
  });

  test("leaves the state to the user's own login", () => {
    const env = toolsEnvironment(project, { ...bare, PULUMI_ACCESS_TOKEN: "token" });
    expect(env).not.toHaveProperty("PULUMI_BACKEND_URL");
    expect(env).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
  });

  test("leaves a docker context to the context's own settings: its address alone would lose its certificates", () => {
    const meta = path.join(
      home,
      ".docker",
      "contexts",
      "meta",
      createHash("sha256").update("far").digest("hex"),
    );
    mkdirSync(meta, { recursive: true });
    const far = { Name: "far", Endpoints: { docker: { Host: "tcp://10.1.2.3:2376" } } };
    writeFileSync(path.join(meta, "meta.json"), JSON.stringify(far));
    expect(toolsEnvironment(project, { ...bare, DOCKER_CONTEXT: "far" }).DOCKER_HOST).toBeUndefined();
  });

  test("comes out the same through the printed line, which then is no longer needed", () => {
    const shell = spawnSync("/bin/sh", ["-c", `${exportLine(project, bare)}; env -0`], {
      env: bare,
      encoding: "utf8",
    });
    const pairs = shell.stdout.split("\0").filter(Boolean);
    const exported = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s, 2))) as NodeJS.ProcessEnv;
    expect(exported).toMatchObject(toolsEnvironment(project, bare));
    expect(exportLine(project, exported)).toBeUndefined();
  });
});

describe("the state", () => {
  test("is the user's own where there is a login", () => {
    expect(stateBackend(project, { ...bare, PULUMI_BACKEND_URL: "s3://states" }).kind).toBe("login");
    const pulumiHome = path.join(home, "logged-in");
    mkdirSync(pulumiHome);
    writeFileSync(path.join(pulumiHome, "credentials.json"), '{"current":"https://me:hush@example.com"}');
    const backend = stateBackend(project, { ...bare, PULUMI_HOME: pulumiHome });
    expect(backend).toEqual({ kind: "login", from: "pulumi login (https://example.com)" });
  });

  test("is made once, for its owner only, with a passphrase that stays", async () => {
    const step = stateStep(project, bare);
    expect(await step.check()).toBeUndefined();
    await step.make(() => undefined);
    const folder = path.join(project, ".pulumi-state");
    const file = path.join(folder, "passphrase");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { mtimeMs } = statSync(file);
    await step.make(() => undefined);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    expect(await step.check()).toBe(".pulumi-state");
  });
});
