import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { inspectSwarm } from "../../../docker/swarm";
import { waitFor } from "../../../foundation/wait";
import type { Context } from "../../../foundation/context";
import { Session } from "../../../foundation/session";
import { ownerLabels } from "../../../schema/owner";
import type { StackService, SwarmStackInputs } from "../../../schema/stack";
import { onManager } from "../../../swarm/managers";
import { runStack } from "../../../swarm/stacks/run-stack";
import { removeStackOfOurs } from "../../../swarm/stacks/stack-removal";
import type { TestSwarm } from "../../../testing/testing";
import { asked, networksOf } from "./asked";
import { fixture, inside, serviceOf, stackSwarm, tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

const OWNER = {
  ...{ project: "p", stack: "s", cluster: "c", isGuest: true },
  id: randomBytes(16).toString("hex"),
};
const MTU = "com.docker.network.driver.mtu";
let swarm: TestSwarm;
let place: Pick<SwarmStackInputs, "owner" | "clusterId" | "managers">;
let warnings: string[] = [];

beforeAll(async () => {
  swarm = await stackSwarm();
  const managers = [{ name: "manager-1", connection: { dockerHost: swarm.dockerHost } }];
  const { ID } = await onManager(managers, run(), (engine) => inspectSwarm(engine));
  place = { owner: OWNER, clusterId: ID, managers };
});
afterAll(() => swarm?.stop());
afterEach(async () => {
  warnings = [];
  const stacks = [...deployed];
  deployed.clear();
  for (const stack of stacks) await removeStackOfOurs(inputsOf(stack), run());
});

/** @param during - what is to be told of how far it is */
function run(during: (text: string, end: () => void) => void = () => undefined): Context {
  const ending = new AbortController();
  return {
    signal: ending.signal,
    session: new Session(),
    progress: (text) => during(text, () => ending.abort()),
    info: () => undefined,
    warn: (text) => void warnings.push(text),
  };
}

const deployed = new Set<string>();

const inputsOf = (name: string, ...compose: (string | object)[]): SwarmStackInputs => ({
  ...{ ...place, name, resolveImage: "never", convergeTimeout: 60 },
  composeFiles: compose.map((one, index) =>
    typeof one === "string"
      ? { name: one, content: readFileSync(fixture(one), "utf8") }
      : { name: `${index}.yml`, content: stringify(one, { version: "1.1" }) },
  ),
});

async function deploy(
  name: string,
  compose: (string | object)[],
  more: Partial<SwarmStackInputs> = {},
  context = run(),
): Promise<StackService[]> {
  deployed.add(name);
  return (await runStack({ ...inputsOf(name, ...compose), ...more }, context)).services;
}

const IMAGE = "pulumi-swarm-test-app:1";
/** A service that runs at once, in a network `net`. */
const one = (settings: object, more: object = {}) => ({
  services: {
    web: { image: IMAGE, networks: ["net"], deploy: { update_config: { monitor: "0s" } }, ...more },
  },
  networks: { net: settings },
});
const askedIn = (settings: object) => [
  "asked.yml",
  {
    services: { web: { networks: { net: { aliases: ["site"] } } }, asking: { networks: ["net"] } },
    networks: { net: settings },
  },
];
const here = { deploy: { placement: { constraints: ["node.hostname == worker-1"] } } };

interface Seen {
  Id: string;
  Attachable: boolean;
  Options: Record<string, string>;
  Labels: Record<string, string>;
}
const network = async (name: string) =>
  (JSON.parse(await swarm.docker("network", "inspect", name)) as Seen[])[0];
const tasksSeen = async (service: string) => (await tasksOf(swarm, service)).map(({ ID }) => ID).sort();

/** What is asked meanwhile gets its answers. */
async function withoutLoss(stack: string, work: () => Promise<unknown>): Promise<void> {
  const before = await asked(swarm, stack);
  await work();
  const after = await asked(swarm, stack);
  expect(after.lost).toEqual(before.lost);
  for (const name of ["web", "tasks.web", "site"])
    expect(after.answered[name] - before.answered[name]).toBeGreaterThan(100);
}

test("a network of a former release stays until its settings change, and then `encrypted` takes effect without a lost request", async () => {
  const labels = Object.entries({
    ...ownerLabels(OWNER),
    "com.docker.stack.namespace": "old",
    side: "front",
  });
  await swarm.docker(
    ...["network", "create", "--driver", "overlay"],
    ...labels.flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    "old_net",
  );
  // A kernel without ESP passes nothing from node to node: all on one.
  const onOne = { services: { web: here, asking: here } };
  const { Id } = await network("old_net");
  await deploy("old", [...askedIn({}), onOne]);
  expect((await network("old_net")).Id).toBe(Id);
  expect(await networksOf(swarm, "old")).toEqual(["old_net"]);
  await withoutLoss("old", () => deploy("old", [...askedIn({ driver_opts: { encrypted: "" } }), onOne]));
  const [name] = await networksOf(swarm, "old");
  expect(await networksOf(swarm, "old")).toEqual([expect.stringMatching(/^old_net-[0-9a-f]{10}$/)]);
  expect((await network(name)).Options).toHaveProperty("encrypted");
  // And back: what is not said any more is not so any more.
  await withoutLoss("old", () => deploy("old", [...askedIn({}), onOne]));
  const [last] = await networksOf(swarm, "old");
  expect(last).not.toBe(name);
  expect((await network(last)).Options).not.toHaveProperty("encrypted");
});

test.each([
  ["first", /get new networks/],
  ["second", /leave their former/],
])(
  "an update that ends in its %s step is finished by the next one, and no request is lost",
  async (_which, step) => {
    await deploy("cut", askedIn({}));
    const wanted = askedIn({ attachable: true, driver_opts: { [MTU]: "1300" } });
    let isThere = false;
    const context = run((text, end) => {
      isThere ||= step.test(text);
      if (isThere && text.startsWith("converging")) end();
    });
    await withoutLoss("cut", async () => {
      await expect(deploy("cut", wanted, {}, context)).rejects.toThrow(/cancelled/);
      expect(await networksOf(swarm, "cut")).toHaveLength(2);
      await deploy("cut", wanted);
    });
    expect(await networksOf(swarm, "cut")).toEqual([expect.stringMatching(/^cut_net-/)]);
    const tasks = await tasksSeen("cut_web");
    await deploy("cut", wanted);
    expect(await tasksSeen("cut_web")).toEqual(tasks);
  },
);

test("a network that left the compose file goes; one that somebody has entered by hand stays, and goes later", async () => {
  await deploy("left", [
    {
      ...one({}),
      ...{ services: { web: { image: IMAGE, networks: ["net", "more"] } } },
      networks: { net: {}, more: { attachable: true } },
    },
  ]);
  expect(await networksOf(swarm, "left")).toEqual(["left_more", "left_net"]);
  await swarm.docker("run", "--detach", "--name", "guest", "--network", "left_more", IMAGE);
  await deploy("left", [one({})]);
  expect(await networksOf(swarm, "left")).toEqual(["left_more", "left_net"]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^the stack left uses the network left_more no more, and it stays: a container that is no task is in it/,
    ),
  ]);
  await swarm.docker("rm", "--force", "guest");
  await deploy("left", [one({}, { environment: { ROUND: "2" } })]);
  expect(await networksOf(swarm, "left")).toEqual(["left_net"]);
  expect(warnings).toHaveLength(1);
});

test("a subnet of its own is refused before anything is touched, and another one is taken", async () => {
  const ipam = (subnet: string) => ({ config: [{ subnet }] });
  await deploy("fixed", [one({ ipam: ipam("10.77.9.0/24") })]);
  const tasks = await tasksSeen("fixed_web");
  await expect(deploy("fixed", [one({ ipam: ipam("10.77.9.0/24"), attachable: true })])).rejects.toThrow(
    /^The network "net" changes \(attachable\).* 10\.77\.9\.0\/24 is that of fixed_net\. Nothing was changed/,
  );
  expect([await tasksSeen("fixed_web"), await networksOf(swarm, "fixed")]).toEqual([tasks, ["fixed_net"]]);
  await deploy("fixed", [one({ ipam: ipam("10.77.10.0/24"), attachable: true })]);
  expect(await inside(swarm, "fixed_web", "ip -o -4 address")).toContain(" 10.77.10.");
  expect(await networksOf(swarm, "fixed")).toEqual([expect.stringMatching(/^fixed_net-/)]);
});

test("a deployment that is taken back leaves the services in their network, and the new one goes", async () => {
  await deploy("back", [one({})]);
  const { Spec } = await serviceOf(swarm, "back_web");
  const broken = one({ attachable: true }, { command: ["false"] });
  await expect(deploy("back", [broken], { onFailure: "rollback" })).rejects.toThrow(
    /Rolled back: All its services run again as before\./,
  );
  expect((await serviceOf(swarm, "back_web")).Spec.TaskTemplate.Networks).toEqual(Spec.TaskTemplate.Networks);
  expect(await networksOf(swarm, "back")).toEqual(["back_net"]);
});

test("a job runs once in an update that moves the services; a file of the oldest version will do", async () => {
  const job = {
    image: IMAGE,
    networks: ["net"],
    command: ["true"],
    deploy: { mode: "replicated-job", restart_policy: { condition: "none" } },
  };
  const withJob = (settings: object, round: string) => {
    const compose = one(settings, { environment: { ROUND: round } });
    return { ...compose, services: { ...compose.services, job } };
  };
  await deploy("jobs", [withJob({}, "1")]);
  const before = await tasksSeen("jobs_job");
  await deploy("jobs", [withJob({ attachable: true }, "2")]);
  const after = await tasksSeen("jobs_job");
  expect(after.filter((task) => !before.includes(task))).toHaveLength(1);
  await deploy("ancient", [{ version: "3.0", ...one({}) }]);
  await deploy("ancient", [{ version: "3.0", ...one({ internal: true }) }]);
  expect(await networksOf(swarm, "ancient")).toEqual([expect.stringMatching(/^ancient_net-/)]);
});

test("a network that was removed by hand while nobody was in it is made again, by its plain name", async () => {
  await deploy("hand", [one({})]);
  await swarm.docker("service", "rm", "hand_web");
  await waitFor({ name: "it is gone", on: "hand_net", intervalMs: 200, timeoutMs: 30_000 }, async () => {
    // The manager's own engine, which a deploy asks as well, lets go of it a moment later.
    await swarm.docker("network", "rm", "hand_net").catch(() => undefined);
    const left = await networksOf(swarm, "hand");
    return left.length === 0 ? { done: undefined } : { pending: left.join() };
  });
  const services = await deploy("hand", [one({})]);
  expect(services.map(({ networks }) => networks)).toEqual([["hand_net"]]);
});
