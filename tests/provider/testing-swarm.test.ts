import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { waitFor } from "../../foundation/wait";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { projectRoot } from "../../tools/setup/paths";
import { appImage } from "../e2e/harness/app-image";
import { testInAll } from "../e2e/harness/cases";
import { leftovers, NOTHING } from "../e2e/harness/leftovers";
import { output, start } from "../e2e/harness/run";

jest.setTimeout(300_000);

const sockets = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-sockets-"));
let image: string;
let swarm: TestSwarm;

beforeAll(async () => {
  process.env.PULUMI_SWARM_SOCKETS = sockets;
  image = await appImage();
  swarm = await startSwarm({
    managers: 1,
    workers: 1,
    images: [image],
    labels: { "worker-1": { disk: "ssd" } },
  });
});

afterAll(async () => {
  await swarm?.stop();
  delete process.env.PULUMI_SWARM_SOCKETS;
  rmSync(sockets, { recursive: true, force: true });
});

/** Nothing of a swarm is left, once its keeper has noticed. */
async function untilGone(name: string): Promise<void> {
  await waitFor({ name: "nothing of it is left", on: name, intervalMs: 500, timeoutMs: 60_000 }, async () => {
    const files = readdirSync(path.join(sockets, "testing")).filter((file) => file.startsWith(name));
    const left = JSON.stringify({ ...(await leftovers(name)), ...(files.length > 0 ? { files } : {}) });
    return left === JSON.stringify(NOTHING) ? { done: undefined } : { pending: left };
  });
}

const compose = () => ({
  services: {
    web: {
      image,
      ports: [{ target: 80, published: 8080, mode: "host" }],
      deploy: { placement: { constraints: ["node.labels.disk==ssd"] }, update_config: { monitor: "1s" } },
    },
  },
});

test("a stack is deployed, asked, looked into, and removed", async () => {
  const services = await swarm.deploy(compose());
  expect(services).toMatchObject([{ name: "app_web", replicas: 1 }]);
  const worker = swarm.nodes.find(({ name }) => name === "worker-1");
  const urls = await swarm.urls("web");
  expect(urls).toEqual([`http://${worker?.address}:8080`]);
  expect(await (await fetch(urls[0])).text()).toBe("hello\n");
  expect(await swarm.exec("app_web", ["cat"], { stdin: "from here" })).toEqual({
    exitCode: 0,
    stdout: "from here",
    stderr: "",
  });
  expect((await swarm.exec("web", ["sh", "-c", "exit 3"])).exitCode).toBe(3);
  expect(await swarm.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}")).toBe("app_web 1/1\n");
  const env = { ...process.env, DOCKER_HOST: swarm.dockerHost };
  expect(await output("docker", ["stack", "ls", "--format", "{{.Name}}"], { env })).toBe("app");
  await swarm.remove();
  expect(await swarm.docker("service", "ls", "--quiet")).toBe("");
});

test("what a task has printed is read, and one that fails is an error with its words", async () => {
  const talker = (command: string) => ({ services: { job: { image, command: ["sh", "-c", command] } } });
  await swarm.deploy(talker("echo a word; trap 'exit 0' TERM; sleep 1000 & wait"), { name: "talk" });
  expect(await swarm.logs("job")).toMatch(/talk_job\.1\..*\| a word/);
  await swarm.remove("talk");
  await expect(swarm.deploy(talker("exit 7"), { name: "bad", timeout: 15 })).rejects.toThrow(
    /bad_job.*non-zero exit \(7\)/,
  );
  await expect(swarm.exec("job", ["true"])).rejects.toThrow(
    /No task of bad_job runs\. Its newest: .*exit \(7\)/,
  );
  await swarm.remove("bad");
});

test("what does not exist is named with what does", async () => {
  await expect(swarm.urls("web")).rejects.toThrow('There is no service "web". There are: none.');
  await expect(swarm.kill("worker-2")).rejects.toThrow(
    'There is no node "worker-2". There are: manager-1, worker-1.',
  );
  await expect(swarm.deploy({ services: { web: {} } })).rejects.toThrow(/nothing was deployed.*\n.*no image/);
  await expect(swarm.docker("node", "inspect", "nobody")).rejects.toThrow(/exit code 1: .*nobody/);
});

testInAll("a node is drained, cut off and killed, and each time it comes back", async () => {
  const state = async () =>
    (
      await swarm.docker(
        "node",
        "ls",
        "--filter",
        "name=worker-1",
        "--format",
        "{{.Status}} {{.Availability}}",
      )
    ).trim();
  await swarm.drain("worker-1");
  expect(await state()).toBe("Ready Drain");
  await expect(swarm.kill("worker-1")).rejects.toThrow(
    'worker-1 is drained already. Use restore("worker-1")',
  );
  await swarm.restore("worker-1");
  expect(await state()).toBe("Ready Active");
  for (const strike of [() => swarm.partition("worker-1"), () => swarm.kill("worker-1")]) {
    await strike();
    await waitFor({ name: "it is Down", intervalMs: 500, timeoutMs: 60_000 }, async () =>
      (await state()) === "Down Active" ? { done: undefined } : { pending: await state() },
    );
    await swarm.restore("worker-1");
    expect(await state()).toBe("Ready Active");
  }
});

/** A program that starts a swarm, tells its name, and waits to be killed. */
const PROGRAM = `
const { startSwarm } = require(${JSON.stringify(path.join(projectRoot, "dist", "testing", "testing.js"))});
startSwarm({ name: "killed" }).then(
  ({ name }) => { console.log(name); setInterval(() => undefined, 1000); },
  (error) => { console.error(error); process.exit(1); },
);`;

test("the swarm of a process that was killed goes, whoever was killed with it, and that of a living one stays", async () => {
  const names: string[] = [];
  for (const alsoItsKeeper of [false, true]) {
    const { child } = start(process.execPath, ["-e", PROGRAM], { env: process.env });
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    const name = line.toString().trim();
    names.push(name);
    expect((await leftovers(name)).containers).toEqual([`${name}-manager-1`]);
    if (alsoItsKeeper) await output("pkill", ["-KILL", "--full", `keeper-main.js.*${name}`]);
    child.kill("SIGKILL");
    await once(child, "exit");
    if (!alsoItsKeeper) await untilGone(name);
  }
  // Nobody is left to remove the second one, but the next start is.
  expect((await leftovers(names[1])).containers).toEqual([`${names[1]}-manager-1`]);
  const next = await startSwarm({ name: "next" });
  try {
    await untilGone(names[1]);
    expect((await leftovers(swarm.name)).containers).toHaveLength(2);
    expect(await swarm.docker("node", "ls", "--quiet")).toMatch(/^\S+\n\S+\n$/);
  } finally {
    await next.stop();
  }
  expect(await leftovers(next.name)).toEqual(NOTHING);
});

test("a start that fails leaves nothing, and says why", async () => {
  await expect(startSwarm({ name: "fails", images: ["there-is-none:1"] })).rejects.toThrow(
    'The image "there-is-none:1" is not in the Docker Engine',
  );
  expect(await leftovers("fails")).toEqual(NOTHING);
});

test("a warm swarm is used again, empty; one that is in use, or was harmed, is not", async () => {
  const options = { name: "warm", images: [image], reuse: true };
  const first = await startSwarm(options);
  await first.deploy({
    services: { web: { image, volumes: ["data:/data", "small:/small"] } },
    volumes: { data: {}, small: { driver_opts: { type: "tmpfs", device: "tmpfs" } } },
  });
  const beside = await startSwarm(options);
  expect(beside.name).not.toBe(first.name);
  await first.stop();
  const again = await startSwarm(options);
  expect(again.name).toBe(first.name);
  for (const kind of ["service", "config", "secret"])
    expect(await again.docker(kind, "ls", "--quiet")).toBe("");
  expect(await again.docker("volume", "ls", "--quiet")).toBe("");
  expect(await again.docker("network", "ls", "--filter", "driver=overlay", "--format", "{{.Name}}")).toBe(
    "ingress\n",
  );
  await again.partition("manager-1");
  await again.stop();
  await untilGone(first.name);
  await beside.stop();
  const other = await startSwarm({ ...options, workers: 1 });
  expect([first.name, beside.name]).not.toContain(other.name);
  await other.kill("worker-1");
  await beside.stop();
  await other.stop();
  await untilGone(other.name);
});
