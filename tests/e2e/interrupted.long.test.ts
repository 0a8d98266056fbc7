import { waitFor } from "../../foundation/wait";
import { someOf } from "./harness/cases";
import { NOTHING, leftovers } from "./harness/leftovers";
import { childrenOf, isRunning } from "./harness/processes";
import type { Running } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const NODES = ["app-1", "manager-1", "manager-2", "manager-3"];
const CASE_MS = 300_000;
const PROVIDER = "pulumi-resource-swarm";

jest.setTimeout(60_000);

let workspace: Workspace;
let witness: Witness;

beforeEach(async () => {
  workspace = await Workspace.create({ managers: 3, workers: [{ name: "app", count: 1 }] });
  witness = new Witness(workspace.cluster);
});

afterEach(() => workspace?.remove(), CASE_MS);

/** What is visible of an `up` from outside, early to late. */
const moments = {
  "when the first container exists": async () => (await witness.containers()).length > 0,
  "when the swarm has been initialised": async () => (await clusterIds()).length > 0,
  "while nodes join": async () => (await nodeIds()).length > 1,
};

test.each(someOf(Object.entries(moments), ([moment]) => moment, ["while nodes join"]))(
  "an up whose CLI is killed %s, and repeated, ends in one complete cluster",
  async (name, isThere) => {
    const up = workspace.startUp();
    await seen(name, isThere, up);
    const provider = providerOf(up);
    up.child.kill("SIGKILL");
    await up.ended;
    await gone(provider);
    const begun = await clusterIds();

    await workspace.cancel();
    await workspace.up();
    // What was begun is gone on with, not made anew.
    if (begun.length > 0) expect(await witness.clusterIds()).toEqual(begun);
    await expectOneCompleteCluster();
  },
  CASE_MS,
);

test(
  "an up whose provider is killed while nodes join fails by itself, and the next one completes the cluster",
  async () => {
    const up = workspace.startUp();
    const name = "while nodes join";
    await seen(name, moments[name], up);
    process.kill(providerOf(up), "SIGKILL");
    expect((await up.ended).code).not.toBe(0);

    await workspace.up();
    await expectOneCompleteCluster();
  },
  CASE_MS,
);

test(
  "a swarm and its nodes that the killed run made but could not note are adopted, not made anew",
  async () => {
    await workspace.up();
    const [ids, nodes] = [await witness.clusterIds(), await witness.nodeIds()];
    const { resources } = await workspace.exported();
    const urn = resources.find(({ type }) => type === "swarm:index:Swarm")?.urn ?? "";
    const forgotten = await workspace.pulumi([
      ...["state", "delete", urn, "--target-dependents", "--yes", "--stack", workspace.stack],
    ]);
    expect(forgotten.code).toBe(0);

    const { changes } = await workspace.up();
    expect(changes).toMatchObject({ [`Swarm ${workspace.cluster}`]: "create", "SwarmNode app-1": "create" });
    expect(await witness.clusterIds()).toEqual(ids);
    expect((await witness.nodeIds()).sort()).toEqual(nodes.sort());
    await expectOneCompleteCluster();
  },
  CASE_MS,
);

/** One swarm, every node Ready in it once, a machine and a volume for each and no more, and nothing left to do. */
async function expectOneCompleteCluster(): Promise<void> {
  expect(await witness.clusterIds()).toHaveLength(1);
  const nodes = await witness.nodes();
  expect(nodes.map(({ Description, Status }) => `${Description.Hostname} ${Status.State}`)).toEqual(
    NODES.map((name) => `${name} ready`),
  );
  expect(nodes.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === "reachable")).toHaveLength(3);
  const machines = NODES.map((name) => witness.containerOf(name));
  const { containers, volumes, networks } = await leftovers(workspace.cluster);
  expect({ containers, volumes, networks }).toEqual({
    containers: machines,
    volumes: machines,
    networks: [workspace.cluster],
  });
  expect(await workspace.preview("--expect-no-changes")).toEqual({});
  await workspace.destroy();
  expect(await workspace.leftovers()).toEqual(NOTHING);
}

function seen(name: string, isThere: () => Promise<boolean>, up: Running): Promise<boolean> {
  return waitFor<boolean>({ name: `it is time: ${name}`, intervalMs: 50, timeoutMs: 120_000 }, async () => {
    if (up.child.exitCode !== null) throw new Error(`The up ended before the moment "${name}" was seen.`);
    return (await isThere()) ? { done: true } : { pending: "not yet" };
  });
}

/** Cluster IDs so far; engines that still start answer nothing. */
async function clusterIds(): Promise<string[]> {
  return witness.clusterIds().catch(() => []);
}

async function nodeIds(): Promise<string[]> {
  return witness.nodeIds().catch(() => []);
}

function providerOf(up: Running): number {
  const [provider] = childrenOf(up.child.pid ?? 0, PROVIDER);
  if (provider === undefined) throw new Error("The up has no provider process.");
  return provider;
}

/** A provider whose CLI is gone ends too: it would work on beside the next run's. */
function gone(pid: number): Promise<boolean> {
  return waitFor<boolean>(
    { name: "it has ended", on: `provider ${pid}`, intervalMs: 100, timeoutMs: 10_000 },
    async () => (isRunning(pid) ? { pending: "it runs" } : { done: true }),
  );
}
