import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { testInAll } from "./harness/cases";
import { docker, tryDocker } from "./harness/docker";
import { output } from "./harness/run";
import { CommandLines, secretsIn } from "./harness/secret-search";
import { TestRegistry } from "./harness/test-registry";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "registry")];
/** Found nowhere by chance, and with what shells and JSON quote. */
const FIRST = `first'"$-${Date.now()}`;
const SECOND = `second'"$-${Date.now()}`;

let swarm: TestSwarm;
let registry: TestRegistry;
let workspace: Workspace;
let watch: CommandLines;
let digest: string;

beforeAll(async () => {
  const image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
  registry = await TestRegistry.start(swarm, FIRST);
  digest = await registry.push(image, "shop:1", "1");
  workspace = await Workspace.create({
    ...{ manager: `${swarm.name}-manager-1`, server: registry.server, image: "shop:1" },
  });
  await workspace.configureSecret("password", FIRST);
  watch = new CommandLines();
});
afterAll(async () => {
  watch?.stop();
  await workspace?.remove();
  await registry?.stop();
  await swarm?.stop();
});

/** In clear text, and as Docker's file of logins has it. */
const SECRETS = Object.fromEntries(
  [FIRST, SECOND].flatMap((password) => [
    [password, password],
    [`login ${password}`, Buffer.from(`deploy:${password}`).toString("base64")],
  ]),
);
const foundIn = (text: string) => secretsIn(text, SECRETS);
const up = () => workspace.up("--diff", ...PROGRAM);
const task = () => swarm.docker("service", "ps", "--quiet", "--filter", "desired-state=running", "shop_web");

test("a worker gets an image of a registry that wants a login, pinned by its digest", async () => {
  await up();
  const { services } = await workspace.outputs<{ services: { image: string; digest: string }[] }>();
  expect(digest).toMatch(/^sha256:/);
  expect(services).toMatchObject([{ image: `${registry.server}/shop:1@${digest}`, digest, replicas: 1 }]);
  expect((await swarm.exec("shop_web", ["cat", "/www/index.html"])).stdout).toBe("hello\n");
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});

testInAll("a password that is refused is told before anything is changed", async () => {
  await workspace.configureSecret("password", SECOND);
  const { code, text } = await workspace.tryUp(...PROGRAM);
  expect(code).not.toBe(0);
  expect(text).toMatch(
    /registry registry\.test:5000 refused user deploy: .*unauthorized.*registries: \[\{ server: "registry\.test:5000"/i,
  );
});

testInAll("another password reaches the nodes, and renews no task", async () => {
  const before = await task();
  await registry.changePassword(SECOND);
  expect(await workspace.preview("--diff", ...PROGRAM)).toEqual({ "SwarmStack shop": "update" });
  await up();
  expect(await task()).toBe(before);
  // The next task pulls with it: nothing else would be let in.
  await docker(
    "exec",
    `${swarm.name}-worker-1`,
    "sh",
    "-c",
    "docker rm -f $(docker ps -aq); docker image rm -f $(docker images -q registry.test:5000/shop)",
  );
  await swarm.docker("service", "update", "--force", "--quiet", "shop_web");
  expect(await task()).not.toBe(before);
  expect((await swarm.exec("shop_web", ["cat", "/www/index.html"])).stdout).toBe("hello\n");
});

test("no password stands in clear text anywhere", async () => {
  expect(foundIn(`x ${FIRST} y`)).toEqual([FIRST]);
  expect(foundIn(Buffer.from(`deploy:${SECOND}`).toString("base64"))).toEqual([`login ${SECOND}`]);
  const { stdout } = await workspace.pulumi(["stack", "export", "--stack", workspace.stack]);
  expect(stdout).toContain("registryPasswords");
  expect(foundIn(stdout)).toEqual([]);
  expect(foundIn(workspace.state())).toEqual([]);
  expect(workspace.printed).toContain("registryPasswords");
  expect(foundIn(workspace.printed)).toEqual([]);
  expect([...watch.seen].filter((line) => line.includes("--with-registry-auth"))).not.toEqual([]);
  expect([...watch.seen].filter((line) => foundIn(line).length > 0)).toEqual([]);
});

test.each(["manager-1", "worker-1"])("nothing of it is left in the files and logs of %s", async (node) => {
  const patterns = Object.values(SECRETS).join("\n");
  const search = `grep -rlF -f - /dev/shm /etc /home /root /run /tmp /var/lib/docker/swarm /var/log /var/tmp 2>/dev/null; ls -d /dev/shm/tmp.* /tmp/tmp.* 2>/dev/null; true`;
  const inNode = ["exec", "--interactive", `${swarm.name}-${node}`, "sh", "-c", search];
  expect(await output("docker", inNode, { input: patterns })).toBe("");
  const logs = await tryDocker("logs", `${swarm.name}-${node}`);
  expect(foundIn(logs.stdout + logs.stderr)).toEqual([]);
});
