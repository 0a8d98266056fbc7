import path from "node:path";
import { waitFor } from "../../foundation/wait";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { tryDocker } from "./harness/docker";
import { pushThrough } from "./harness/push";
import { run } from "./harness/run";
import { CommandLines, secretsIn } from "./harness/secret-search";
import { registryImage } from "./harness/test-registry";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "cluster-registry")];
const CONFIG = "/dev/shm/pusher";
const NODES = ["manager-1", "worker-1"];

interface Outputs {
  server: string;
  password: string;
  certificate: string;
  services?: { image: string; digest: string }[];
}

let app: string;
let swarm: TestSwarm;
let workspace: Workspace;
let watch: CommandLines;
/** Passwords that the search at the end looks for. */
const kept: string[] = [];

beforeAll(async () => {
  const registry = await registryImage();
  app = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [registry], reuse: true });
  const worker = await swarm.docker("node", "ls", "--filter", "role=worker", "--format", "{{.Hostname}}");
  const address = await swarm.docker("node", "inspect", "--format", "{{.Status.Addr}}", worker.trim());
  workspace = await Workspace.create({
    ...{
      managers: [{ container: nodeOf("manager-1") }],
      node: worker.trim(),
      address: address.trim(),
      registryImage: registry,
    },
  });
  watch = new CommandLines();
});
afterAll(async () => {
  watch?.stop();
  await workspace?.remove();
  for (const node of swarm ? NODES : [])
    await inNode(node, `docker image rm --force ${app}; rm -rf ${CONFIG}`);
  await swarm?.stop();
});

const nodeOf = (name: string) => `${swarm.name}-${name}`;
const inNode = (node: string, script: string, input = "") =>
  run("docker", ["exec", "--interactive", nodeOf(node), "sh", "-c", script], { input });
const up = () => workspace.up("--diff", ...PROGRAM);
const outputs = () => workspace.outputs<Outputs>();
const trusted = async (node: string, server: string) =>
  (await inNode(node, `cat /etc/docker/certs.d/${server}/ca.crt`)).stdout;
const login = async (password: string) => {
  const { server } = await outputs();
  const command = `docker --config ${CONFIG} login --username swarm --password-stdin ${server}`;
  return inNode("manager-1", command, password);
};

test("a registry runs, and every node trusts its certificate", async () => {
  await up();
  const { server, certificate } = await outputs();
  expect(server).toMatch(/^[0-9.]+:5443$/);
  for (const node of NODES) expect(await trusted(node, server)).toBe(certificate);
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});

test("it lets in nobody without the password", async () => {
  const { code, stderr } = await login("another");
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/unauthorized/i);
});

test("what is pushed with its login is pulled by every node, pinned by its digest", async () => {
  const tag = await pushThrough(nodeOf("manager-1"), app, await outputs(), "shop:1");
  workspace.configure({ image: "shop:1" });
  await up();
  const { services } = await outputs();
  expect(services).toMatchObject([{ replicas: 2 }]);
  expect(services?.[0].image).toMatch(new RegExp(`^${tag}@sha256:`));
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});

test("a node that is drained trusts it no more but while it deploys, and one that comes back does, and pulls", async () => {
  const { server, certificate } = await outputs();
  const id = await swarm.docker("node", "ls", "--quiet", "--filter", "role=manager");
  await swarm.docker("node", "update", "--availability", "drain", id.trim());
  await until("manager-1", `[ ! -e /etc/docker/certs.d/${server} ] && [ -z "$(docker ps -q)" ]`);
  await inNode(
    "manager-1",
    `docker container prune -f; docker image rm -f $(docker image ls -q ${server}/shop)`,
  );
  workspace.configure({ label: "2" });
  await up();
  expect((await outputs()).services).toMatchObject([{ replicas: 1 }]);
  expect((await inNode("manager-1", "ls /etc/docker/certs.d")).code).not.toBe(0);
  await swarm.docker("node", "update", "--availability", "active", id.trim());
  await until("manager-1", "docker ps --format '{{.Names}}' | grep -q '^shop_web'");
  expect(await trusted("manager-1", server)).toBe(certificate);
});

test("what somebody removes from a node comes back", async () => {
  const { server, certificate } = await outputs();
  const file = `/etc/docker/certs.d/${server}/ca.crt`;
  const task = () => swarm.docker("service", "ps", "--quiet", "images_trust");
  const before = await task();
  await inNode("worker-1", `rm ${file}`);
  await until("worker-1", `[ -e ${file} ]`);
  expect(await trusted("worker-1", server)).toBe(certificate);
  expect(await task()).toBe(before);
});

test("another password reaches registry and stacks in one update", async () => {
  const { password: former, certificate } = await outputs();
  workspace.configure({ rotate: "1" });
  await up();
  const { password, certificate: authority } = await outputs();
  expect(password).not.toBe(former);
  expect(authority).toBe(certificate);
  expect((await login(former)).stderr).toMatch(/unauthorized/i);
  expect(await login(password)).toMatchObject({ code: 0 });
  await inNode("manager-1", `rm -r ${CONFIG}`);
  kept.push(former, password);
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});

test("no password stands in clear text anywhere", async () => {
  expect(kept).toHaveLength(2);
  const secrets = Object.fromEntries(
    kept.flatMap((password) => [
      [password, password],
      [`login ${password}`, Buffer.from(`swarm:${password}`).toString("base64")],
    ]),
  );
  const { stdout } = await workspace.pulumi(["stack", "export", "--stack", workspace.stack]);
  expect(stdout).toContain("authorityKey");
  for (const text of [stdout, workspace.state()]) {
    expect(secretsIn(text, secrets)).toEqual([]);
    expect(text).not.toContain("PRIVATE KEY");
    expect(text).not.toContain("swarm:$2");
  }
  // Its outputs were asked for in clear text, by this test.
  const lines = [...watch.seen];
  expect(lines.filter((line) => line.includes("--with-registry-auth"))).not.toEqual([]);
  expect(lines.filter((line) => secretsIn(line, secrets).length > 0 || line.includes("PRIVATE KEY"))).toEqual(
    [],
  );
  const search =
    "grep -rlF -f - /dev/shm /etc /home /root /run /tmp /var/lib/docker/swarm /var/log /var/tmp 2>/dev/null; true";
  for (const node of NODES) {
    expect((await inNode(node, search, Object.values(secrets).join("\n"))).stdout).toBe("");
    const logs = await tryDocker("logs", nodeOf(node));
    expect(secretsIn(logs.stdout + logs.stderr, secrets)).toEqual([]);
  }
});

test("with it everything goes that it put on the nodes", async () => {
  const { server } = await outputs();
  await workspace.destroy(...PROGRAM);
  for (const node of NODES)
    await until(node, `[ ! -e /etc/docker/certs.d/${server} ] && [ -z "$(docker ps -q)" ]`);
});

async function until(node: string, condition: string): Promise<void> {
  await waitFor({ name: condition, on: node, intervalMs: 200, timeoutMs: 60_000 }, async () => {
    const { code, stderr } = await inNode(node, condition);
    return code === 0 ? { done: undefined } : { pending: stderr };
  });
}
