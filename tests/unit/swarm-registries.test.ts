import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { addressOf, authHeader, registryOf } from "../../docker/registries";
import { registryProblem } from "../../docker/registry-problems";
import { makeAuthority } from "../../foundation/certificate";
import type { SwarmStackInputs } from "../../schema/stack";
import { pinned } from "../../swarm/stacks/image-digests";
import { dockerConfig, loginFor, withFormerLogins } from "../../swarm/stacks/registry-logins";
import { deployCommand } from "../../swarm/stacks/stack-command";
import { checkLogins, checkRegistries } from "../../validation/registries";

const INPUTS = {
  name: "shop",
  registries: { "registry.test:5000": "deploy", "docker.io": "me" },
  registryPasswords: { "registry.test:5000": "s3cret'$", "docker.io": "hub" },
} as unknown as SwarmStackInputs;

test.each([
  ["nginx", "docker.io"],
  ["library/nginx:1", "docker.io"],
  ["index.docker.io/library/nginx", "docker.io"],
  ["registry.test:5000/shop:1", "registry.test:5000"],
  ["localhost/shop", "localhost"],
  ["ghcr.io/acme/shop@sha256:abc", "ghcr.io"],
  ["acme/shop:1.2", "docker.io"],
])("the registry of %s is %s", (image, registry) => expect(registryOf(image)).toBe(registry));

test("a login is that of the image's registry, and Docker Hub's goes by its old name", () => {
  expect(loginFor("registry.test:5000/shop:1", INPUTS)?.password).toBe("s3cret'$");
  expect(loginFor("nginx", INPUTS)?.username).toBe("me");
  expect(loginFor("ghcr.io/acme/shop", INPUTS)).toBeUndefined();
  expect(addressOf("docker.io")).toBe("https://index.docker.io/v1/");
  const header = authHeader(loginFor("nginx", INPUTS))["X-Registry-Auth"];
  expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
    ...{ username: "me", password: "hub", serveraddress: "https://index.docker.io/v1/" },
  });
  expect(Buffer.from(authHeader(undefined)["X-Registry-Auth"], "base64url").toString()).toBe("{}");
});

test.each(["p", "pp", "ppp", "??>>~~"])(
  "the engine gets a login with its padding, URL-safe: %s",
  (password) => {
    const header = authHeader({ server: "r", username: "u", password })["X-Registry-Auth"];
    expect(header).toMatch(/^[\w-]+={0,2}$/);
    expect(header.length % 4).toBe(0);
  },
);

test("services forget the logins that a program has no more", () => {
  expect(withFormerLogins(INPUTS, { name: "shop" } as SwarmStackInputs).registries).toEqual({});
  expect(withFormerLogins({}, { name: "shop" } as SwarmStackInputs).registries).toBeUndefined();
});

describe("the deploy on a manager", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "registries-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it with a docker of the test's own. */
  async function run(docker: string, inputs = INPUTS) {
    writeFileSync(path.join(folder, "docker"), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
    const { command, stdin } = await deployCommand("services: {}", inputs);
    const env = { PATH: `${folder}:${process.env.PATH}`, OUT: path.join(folder, "out") };
    return { command, ...spawnSync(command[0], command.slice(1), { input: stdin, env, encoding: "utf8" }) };
  }

  test("has the logins in a folder that only its user reads and that goes with it", async () => {
    const docker =
      'echo "$DOCKER_CONFIG" > "$OUT"; stat -c %a "$DOCKER_CONFIG" "$DOCKER_CONFIG/config.json"; cat "$DOCKER_CONFIG/config.json"; cat; echo " $*"';
    const { status, stdout, command } = await run(docker);
    const config = dockerConfig([
      { server: "registry.test:5000", username: "deploy", password: "s3cret'$" },
      { server: "docker.io", username: "me", password: "hub" },
    ]);
    expect(JSON.parse(config)).toEqual({
      auths: {
        "registry.test:5000": { auth: Buffer.from("deploy:s3cret'$").toString("base64") },
        "https://index.docker.io/v1/": { auth: Buffer.from("me:hub").toString("base64") },
      },
    });
    expect(status).toBe(0);
    expect(stdout).toBe(
      `700\n600\n${config}services: {} stack deploy --compose-file - --resolve-image changed --with-registry-auth shop\n`,
    );
    expect(command.join(" ")).not.toMatch(/s3cret|hub/);
    expect(existsSync(readFileSync(path.join(folder, "out"), "utf8").trim())).toBe(false);
  });

  test.each(["HUP", "INT", "TERM"])("takes it away on SIG%s, and where it fails", async (signal) => {
    // The shell is its parent.
    const { status } = await run(`echo "$DOCKER_CONFIG" > "$OUT"; kill -${signal} $PPID; exit 1`);
    expect(status).not.toBe(0);
    expect(existsSync(readFileSync(path.join(folder, "out"), "utf8").trim())).toBe(false);
  });

  test("goes by the manager's own logins where the program says nothing of any", async () => {
    const { stdout } = await run('cat; echo " $*"', {
      name: "shop",
      resolveImage: "never",
    } as SwarmStackInputs);
    expect(stdout).toBe("services: {} stack deploy --compose-file - --resolve-image never shop\n");
  });

  test("asks no registry itself for what is pinned", async () => {
    const { command } = await deployCommand("", { ...INPUTS, resolveImage: "always" });
    expect(command).not.toContain("always");
  });
});

test("images are deployed by the digests that their registries told, others as they are", () => {
  const services = { web: { image: "shop:1" }, db: { image: "db:2" }, job: {} };
  expect(pinned({ services, networks: {} }, { "shop:1": "sha256:a" })).toEqual({
    services: { ...services, web: { image: "shop:1@sha256:a" } },
    networks: {},
  });
});

test.each([
  [
    "Get https://r/v2/: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    /certs\.d\/r:1\/ca\.crt/,
  ],
  ["http: server gave HTTP response to HTTPS client", /insecure-registries/],
  ["login attempt to https://r:1/v2/ failed with status: 401 Unauthorized", /registries: \[\{ server: "r:1"/],
  ["no basic auth credentials", /wants a login/],
  ["manifest unknown: manifest unknown", /^Push it .* cluster\.$/],
  ["No such image: r:1/shop", /^Push it .*private: .*registries/],
])("what a registry says comes with what to do: %s", (answer, remedy) =>
  expect(registryProblem(answer, "r:1")).toMatch(remedy),
);

test("what has nothing to do with images has no remedy of theirs", () =>
  expect(registryProblem("task: non-zero exit (1)", "r:1")).toBeUndefined());

test.each<[string, unknown, RegExp]>([
  ["no list", { server: "r" }, /^registries: is no list/],
  [
    "a URL",
    [{ server: "https://r.test", username: "u", password: "p" }],
    /\[0\]\.server: "https:\/\/r\.test" is no registry/,
  ],
  ["a path", [{ server: "r.test/acme", username: "u", password: "p" }], /is no registry/],
  [
    "one twice",
    [1, 2].map(() => ({ server: "r", username: "u", password: "p" })),
    /\[1\]\.server: "r" is named twice/,
  ],
  ["a user with a colon", [{ server: "r", username: "u:v", password: "p" }], /user "u:v" has a ":"/],
  ["no password", [{ server: "r", username: "u" }], /\[0\]\.password: is missing/],
])("registries are refused: %s", (_what, given, problem) => {
  const [{ where, text }] = checkRegistries(given);
  expect(`${where}: ${text}`).toMatch(problem);
});

test("a certificate is taken, and a private key beside it is not: commands on a manager would show it", () => {
  const { certificate, key } = makeAuthority("test", 1);
  const given = (text: unknown) => [{ server: "r", username: "u", password: "p", certificate: text }];
  for (const good of [certificate, `${certificate}\n${certificate}`, "", undefined])
    expect(checkRegistries(given(good))).toEqual([]);
  for (const bad of [certificate + key, key, "/etc/ssl/ca.pem", 5])
    expect(checkRegistries(given(bad))).toMatchObject([
      {
        where: "registries[0].certificate",
        text: expect.stringMatching(/^is no certificate as PEM/) as string,
      },
    ]);
});

test("registries as the names of images begin, and ones that are not known yet, are taken", () => {
  const servers = [
    "docker.io",
    "registry.test",
    "registry.test:5000",
    "192.0.2.1:5000",
    "[2001:db8::1]:5000",
    "",
  ];
  expect(checkRegistries(servers.map((server) => ({ server, username: "", password: "" })))).toEqual([]);
});

test("an empty user or password is refused once it is known, and no password is repeated", () => {
  expect(checkLogins({ r: "" }, { r: "p" })).toMatchObject([{ text: "has no user. Name one." }]);
  expect(checkLogins({ r: "u" }, { r: "" })).toMatchObject([{ text: "has no password. Give it one." }]);
  expect(checkLogins({ r: "u" }, undefined)).toEqual([]);
});
