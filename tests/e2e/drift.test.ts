import { waitFor } from "../../foundation/wait";
import { diagnostics } from "./fixtures/reading";
import { someOf, testInAll } from "./harness/cases";
import { demoShows } from "./harness/demo-page";
import { docker, tryDocker } from "./harness/docker";
import { measured } from "./harness/measured";
import { printed } from "./harness/run";
import { Witness, type Node } from "./harness/witness";
import { Workspace, type Update } from "./harness/workspace";

const UP_MS = 240_000;
jest.setTimeout(UP_MS);

const NAMES = ["app-1", "app-2", "manager-1", "manager-2", "manager-3"];
const SETTINGS = {
  managers: 3,
  workers: [{ name: "app", count: 2, labels: { disk: "ssd" } }],
  demo: true,
};

let workspace: Workspace;
let witness: Witness;
let clusterId: string;

beforeAll(async () => {
  workspace = await Workspace.create(SETTINGS);
  await workspace.up();
  witness = await Witness.of(workspace);
  clusterId = (await witness.swarm()).ID;
});
afterAll(() => workspace?.remove());

/** One accident: what is done by hand, what a refresh shows, what an `up` does about it. */
interface Accident {
  what: string;
  happens(): Promise<unknown>;
  /** What `refresh` finds. */
  seen: Record<string, string>;
  /** What `up` does; the same things where left out. */
  repaired?: Record<string, string>;
  /** Updates that may come beside: how soon a swarm notices, and tasks run elsewhere, is chance. */
  may?: string[];
  /** `up` runs before the swarm can have noticed: what the machine's own engine knows has to be enough. */
  isAtOnce?: boolean;
  /** What has to be in the end beside a sound cluster. */
  inTheEnd?(): Promise<unknown>;
  /** A line of `status`. */
  status?: { where: string; wanted: string; actual: string };
}

const container = (node: string) => witness.containerOf(node);

const ACCIDENTS: Accident[] = [
  {
    what: "a node was drained",
    happens: () => witness.docker("node", "update", "--availability", "drain", "app-2"),
    seen: { NodeSpecs: "update" },
    status: { where: "node app-2", wanted: "active", actual: "drain" },
  },
  {
    what: "a label was removed",
    happens: () => witness.docker("node", "update", "--label-rm", "disk", "app-1"),
    seen: { NodeSpecs: "update" },
    status: { where: "node app-1", wanted: "label disk=ssd", actual: "no label disk" },
  },
  {
    what: "a manager was demoted",
    happens: () => witness.docker("node", "demote", "manager-3"),
    seen: { "SwarmNode manager-3": "update" },
    status: { where: "node manager-3", wanted: "manager", actual: "worker" },
  },
  {
    what: "a service was scaled",
    happens: () => witness.docker("service", "scale", "--detach", "demo_web=2"),
    seen: { "SwarmStack demo": "update" },
    status: { where: "service demo_web", wanted: "4 replicas", actual: "2 replicas" },
  },
  {
    what: "a service was deleted",
    happens: () => witness.docker("service", "rm", "demo_gateway"),
    seen: { "SwarmStack demo": "update" },
    status: { where: "service demo_gateway", wanted: "running", actual: "missing" },
  },
  {
    what: "the stack with its network, its secret and its config were deleted",
    async happens() {
      await witness.docker("stack", "rm", "demo");
      await witness.untilObjects("network", ["docker_gwbridge", "bridge", "host", "ingress", "none"]);
      for (const kind of ["secret", "config"] as const) {
        await witness.docker(kind, "rm", ...(await witness.objects(kind)));
      }
    },
    seen: { "SwarmStack demo": "delete", "Secret password": "delete", "Config greeting": "delete" },
    repaired: { "SwarmStack demo": "create", "Secret password": "create", "Config greeting": "create" },
    status: { where: "service demo_web", wanted: "running", actual: "missing" },
  },
  {
    what: "a worker was removed from the list by force",
    happens: () => witness.docker("node", "rm", "--force", "app-1"),
    seen: { "SwarmNode app-1": "delete" },
    repaired: { "SwarmNode app-1": "create", NodeSpecs: "update" },
    status: { where: "node app-1", wanted: "a member", actual: "missing" },
  },
  {
    what: "a worker left the swarm",
    async happens() {
      await witness.dockerOn("app-2", "swarm", "leave");
      await witness.untilState("app-2", "down");
    },
    seen: { "SwarmNode app-2": "delete" },
    repaired: { "SwarmNode app-2": "create", NodeSpecs: "update" },
    status: { where: "node app-2", wanted: "ready", actual: "down" },
  },
  {
    what: "a worker left the swarm, and its engine keeps its gossip",
    async happens() {
      await witness.dockerOn("app-1", "swarm", "leave");
      await holdGossipPort("app-1");
      await witness.untilState("app-1", "down");
    },
    seen: { "SwarmNode app-1": "delete" },
    repaired: { "SwarmNode app-1": "create", NodeSpecs: "update" },
    inTheEnd: () => witness.untilAllGossip(NAMES),
  },
  {
    what: "a node's engine was stopped",
    async happens() {
      await docker("stop", "--time", "1", container("app-1"));
      await witness.untilState("app-1", "down");
    },
    seen: { "LocalNode app-1": "update", "SwarmNode app-1": "update" },
    status: { where: "node app-1", wanted: "ready", actual: "down" },
  },
  {
    what: "a worker's container and volume were deleted, a moment ago",
    isAtOnce: true,
    async happens() {
      await witness.untilTasks("app-2", 1);
      await docker("rm", "--force", container("app-2"));
      await docker("volume", "rm", container("app-2"));
    },
    seen: { "LocalNode app-2": "delete" },
    may: ["SwarmNode app-2"],
    repaired: {
      "LocalNode app-2": "create",
      "SwarmNode app-2": "replace",
      LoadedImages: "update",
      NodeSpecs: "update",
    },
  },
  {
    what: "all managers were stopped and started again",
    async happens() {
      const managers = NAMES.slice(2).map(container);
      await docker("stop", "--time", "1", ...managers);
      await docker("start", ...managers);
      await witness.untilState("manager-1", "ready");
    },
    seen: {},
    may: NAMES.map((name) => `SwarmNode ${name}`),
  },
  {
    what: "all managers were stopped",
    happens: () => docker("stop", "--time", "1", ...NAMES.slice(2).map(container)),
    seen: {},
    repaired: {
      "LocalNode manager-1": "update",
      "LocalNode manager-2": "update",
      "LocalNode manager-3": "update",
      "SwarmNode manager-1": "update",
      "SwarmNode manager-2": "update",
      "SwarmNode manager-3": "update",
    },
  },
];

const IN_EVERY_RUN = [
  "a node was drained",
  "the stack with its network, its secret and its config were deleted",
  "a worker's container and volume were deleted, a moment ago",
];

test.each(someOf(ACCIDENTS.slice(0, -1), ({ what }) => what, IN_EVERY_RUN))(
  "$what: refresh shows just that, and up restores just that",
  async (accident) => {
    await accident.happens();
    if (accident.status) {
      const { stdout } = await workspace.swarm("status", "--json");
      expect((JSON.parse(stdout) as { drift: object[] }).drift).toContainEqual(accident.status);
    }
    if (!accident.isAtOnce) {
      const found = await workspace.tryRefresh("--preview-only");
      expect(found.code === 0 ? "" : found.text).toBe("");
      expectChanges(found, accident, accident.seen);
    }
    expectChanges(await repair(accident), accident, accident.repaired ?? accident.seen);
    await expectSound();
    await accident.inTheEnd?.();
  },
);

testInAll("all managers were stopped: up --refresh starts them, as the swarm that they were", async () => {
  const [accident] = ACCIDENTS.slice(-1);
  await accident.happens();
  expectChanges(await repair(accident), accident, accident.repaired);
  await expectSound();
});

testInAll("a task whose engine died between making and starting it is found by its name again", async () => {
  // Old tasks that do not hear SIGTERM take their whole grace period, in which the new ones are made and wait.
  const deaf = `for task in $(docker ps --quiet --filter name=demo_web); do
    kill -STOP $(docker inspect --format '{{.State.Pid}}' $task)
  done`;
  await Promise.all(NAMES.map((name) => docker("exec", container(name), "sh", "-c", deaf)));
  const parallel = ["--update-parallelism", "0", "--update-order", "stop-first"];
  await witness.docker("service", "update", "--detach", "--force", ...parallel, "demo_web");
  const made = ["ps", "--all", "--quiet", "--filter", "status=created", "--filter", "name=demo_web"];
  const node = await waitFor<string>(
    { name: "a task is made and waits for its start", on: "demo_web", intervalMs: 50, timeoutMs: 30_000 },
    async () => {
      const found = await Promise.all(
        NAMES.map(async (name) => ((await docker("exec", container(name), "docker", ...made)) ? name : "")),
      );
      const [first] = found.filter(Boolean);
      return first ? { done: first } : { pending: "none yet" };
    },
  );
  await docker("kill", container(node));
  // On a busy machine the swarm may call the node Down first, and start the task elsewhere: then there is none to replace.
  await measured("repair: up --refresh after an engine died with a task half made", () =>
    workspace.up("--refresh"),
  );
  const { Status } = await witness.node(node);
  await demoShows(Status.Addr, "its name leads to all", ({ gateway }) => gateway.replicas === 4);
  await expectSound();
});

testInAll("a node that does not answer is an error with its name, and never deleted", async () => {
  await docker("pause", container("manager-3"));
  try {
    // Until it has missed some heartbeats the swarm takes changes for it.
    await witness.untilState("manager-3", "down");
    workspace.configure({ managerNodeLabels: { "manager-3": { seen: "no" } } });
    const up = await workspace.tryUp();
    expect(up.code).not.toBe(0);
    expect(diagnostics(up)).toMatch(/manager-3: .*(unreachable|down|not answer|unknown)/i);
    expect(Object.values(up.changes)).not.toContain("delete");

    const found = await workspace.tryRefresh("--preview-only");
    expect(found.changes).toMatchObject({ "SwarmNode manager-3": "update" });
    const repairing = workspace.startUp("--refresh");
    await printed(repairing, /SwarmNode \S+manager-3 updating/);
    await docker("unpause", container("manager-3"));
    expect((await repairing.ended).code).toBe(0);
  } finally {
    await tryDocker("unpause", container("manager-3"));
  }
  // It was waited for, and so were the tasks that it runs.
  expect((await witness.node("manager-3")).Status.State).toBe("ready");
  expect(await witness.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}")).toMatch(
    /demo_gateway 5\/5\ndemo_web 4\/4/,
  );
  await expectSound();
});

/**
 * What an engine does whose goodbye nobody has heard, until it ends: a process of its name takes the port as soon as the engine
 * lets go of it. It listens by IPv4 alone, the engine by IPv6 as well.
 */
async function holdGossipPort(node: string): Promise<void> {
  const hold = `use IO::Socket::INET; $0 = "dockerd";
    for my $how ({ Proto => "tcp", Listen => 5 }, { Proto => "udp" }) {
      my $socket;
      select(undef, undef, undef, 0.1) until $socket = IO::Socket::INET->new(LocalPort => 7946, %$how);
      push @held, $socket;
    }
    sleep`;
  await docker("exec", "--detach", container(node), "perl", "-e", hold);
  await waitFor<void>(
    { name: "its gossip's port is held", on: node, intervalMs: 250, timeoutMs: 60_000 },
    async () => {
      const { code } = await tryDocker(
        "exec",
        container(node),
        "grep",
        "-q",
        ":1F0A .* 07 ",
        "/proc/net/udp",
      );
      return code === 0 ? { done: undefined } : { pending: "the engine has it yet" };
    },
  );
}

function repair({ what }: Accident): Promise<Update> {
  return measured(`repair: up --refresh after ${what}`, () => workspace.up("--refresh"));
}

/** Just what is expected, and perhaps what may come beside it; services that are short of tasks may be seen always. */
function expectChanges({ changes }: Update, { may = [] }: Accident, expected?: Record<string, string>): void {
  const certain = Object.entries(withoutCluster(changes)).filter(
    ([name, op]) =>
      name in (expected ?? {}) || op !== "update" || ![...may, "SwarmStack demo"].includes(name),
  );
  expect(Object.fromEntries(certain)).toEqual(expected);
}

function withoutCluster(changes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, op]) => [name.replace(` ${workspace.cluster}`, ""), op]),
  );
}

/** Every node once and as wanted, the services whole, and nothing left to do. */
async function expectSound(): Promise<void> {
  witness = await Witness.of(workspace);
  // A leader that was just elected does not know the others' state yet.
  for (const name of NAMES) await witness.untilState(name, "ready");
  const nodes = await witness.nodes();
  const line = ({ Description, Status, Spec }: Node) =>
    `${Description.Hostname} ${Status.State} ${Spec.Role} ${Spec.Availability} ${Spec.Labels?.disk ?? ""}`;
  expect(nodes.map(line)).toEqual([
    ...["app-1", "app-2"].map((name) => `${name} ready worker active ssd`),
    ...["manager-1", "manager-2", "manager-3"].map((name) => `${name} ready manager active `),
  ]);
  expect(nodes.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === "reachable")).toHaveLength(3);
  expect(await witness.clusterIds()).toEqual([clusterId]);
  await witness.untilReplicas("demo_web", "4/4");
  await witness.untilReplicas("demo_gateway", "5/5");
  expect(await workspace.preview("--expect-no-changes")).toEqual({});
}
