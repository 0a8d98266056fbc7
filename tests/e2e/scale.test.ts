import { someOf, testInAll } from "./harness/cases";
import { whileAsked } from "./harness/client";
import { leftovers } from "./harness/leftovers";
import { watchSwarm } from "./harness/swarm-watch";
import { urnOf, Workspace } from "./harness/workspace";
import { Witness } from "./harness/witness";

const UP_MS = 300_000;
jest.setTimeout(UP_MS);

/** One cluster that grows and shrinks, with a service that answers all the time. */
let workspace: Workspace;
let clusterId: string;

beforeAll(async () => {
  workspace = await Workspace.create(sized(1, 0));
  await workspace.up();
  clusterId = (await new Witness(workspace.cluster).swarm()).ID;
});
afterAll(() => workspace?.remove());

function sized(managers: number, workers: number) {
  return { managers, workers: [{ name: "app", count: workers }], demo: true };
}

function namesOf(managers: number, workers: number): string[] {
  const numbered = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
  return [...numbered("app", workers), ...numbered("manager", managers)];
}

/** Runs an `up` while a client asks; nothing may fail, whatever the `up` changes. */
async function upUnderLoad(...args: string[]) {
  const { result: up, seen } = await whileAsked(workspace.cluster, () => workspace.tryUp(...args));
  expect(up.code === 0 ? "" : up.text).toBe("");
  expect(seen.failures).toEqual([]);
  expect(seen.requests).toBeGreaterThan(10);
  return up;
}

/** The members are these, each once and Ready, all managers vote, and each has one machine and one volume. */
async function expectMembers(managers: number, workers: number): Promise<void> {
  const witness = await Witness.of(workspace);
  const nodes = await witness.nodes();
  const names = namesOf(managers, workers);
  expect(nodes.map(({ Description, Status }) => `${Description.Hostname} ${Status.State}`)).toEqual(
    names.map((name) => `${name} ready`),
  );
  expect(nodes.map(({ Spec }) => Spec.Availability)).toEqual(names.map(() => "active"));
  expect(nodes.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === "reachable")).toHaveLength(
    managers,
  );
  const machines = names.map((name) => witness.containerOf(name)).sort();
  const { containers, volumes } = await leftovers(workspace.cluster);
  expect({ containers, volumes }).toEqual({ containers: machines, volumes: machines });
  expect(await witness.clusterIds()).toEqual([clusterId]);
}

const SIZES = [
  [3, 2],
  [5, 0],
  [3, 1],
  [1, 0],
];

test.each(someOf(SIZES, String, ["3,2", "1,0"]))(
  "the cluster becomes %i managers and %i workers, and its service answers all the time",
  async (...size) => {
    workspace.configure(sized(...(size as [number, number])));
    await upUnderLoad();
    await expectMembers(...(size as [number, number]));
  },
);

testInAll(
  "the only manager is replaced: its successor joins first, and the swarm stays the same one",
  async () => {
    const urn = await urnOf(workspace, "LocalNode", `${workspace.cluster}-manager-1`);
    const witness = await Witness.of(workspace);
    const [before] = await witness.nodeIds();
    await startSlowly(witness, "slow");
    const manager = witness.containerOf("manager-1");
    const watch = watchSwarm(
      [manager, `${manager}.2`],
      'docker service ls --format "{{.Replicas}}" --filter name=slow',
    );
    const { changes } = await upUnderLoad("--replace", urn).finally(() => watch.stop());
    expect(changes).toMatchObject({ "LocalNode manager-1": "replace", "SwarmNode manager-1": "replace" });
    // "running/wanted": two while both machines are there, and never none.
    expect(new Set(watch.texts)).toContain("1/2");
    expect(watch.texts.filter((replicas) => replicas.startsWith("0/"))).toEqual([]);
    await expectMembers(1, 0);
    expect(await (await Witness.of(workspace)).nodeIds()).not.toContain(before);
    expect(await workspace.preview()).toEqual({});
  },
);

/** A global service whose tasks need some seconds until they are healthy. */
async function startSlowly(witness: Witness, name: string): Promise<void> {
  const health = ["--health-cmd", "test -e /dev/shm/up", "--health-interval", "3s", "--health-retries", "30"];
  const image = ["--no-resolve-image", `pulumi-swarm-demo:${workspace.cluster}`, "-c"];
  const command = "sleep 30; : > /dev/shm/up; exec sleep 100000";
  const how = ["--quiet", "--mode", "global", "--entrypoint", "sh", ...health];
  await witness.docker("service", "create", "--name", name, ...how, ...image, command);
}
