import { deploymentDrift } from "../../cli/deployment-drift";
import { actualDrift } from "../../cli/drift";
import { renderStatus } from "../../cli/status-view";
import { NODE_LABEL } from "../../schema/owner";
import type { RecordedCluster } from "../../schema/cluster-record";
import { describeQuorum } from "../../swarm/nodes/quorum";
import { table } from "../../validation/table";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { specDigest } from "../../docker/services";
import type { SwarmNodeInspect } from "../../docker/api/node";

function node(
  name: string,
  { Labels = { zone: "a" }, ...changes }: Partial<SwarmNodeInspect["Spec"]> = {},
  state = "ready",
): SwarmNodeInspect {
  return {
    ID: `id-${name}-${state}`,
    Version: { Index: 1 },
    CreatedAt: "",
    Spec: { Labels: { ...Labels, [NODE_LABEL]: name }, Role: "worker", Availability: "active", ...changes },
    Description: { Hostname: name, Engine: { EngineVersion: "26.1.5" } },
    Status: { State: state as "ready", Addr: "172.30.0.2" },
  };
}

/** A member that no program gave a name, as whoever holds a join token makes one. */
function unnamed(one: SwarmNodeInspect): SwarmNodeInspect {
  return { ...one, ID: "stranger", Spec: { ...one.Spec, Labels: { zone: "a" } } };
}

function service(replicas: number): Service {
  return {
    ID: "s1",
    Version: { Index: 1 },
    CreatedAt: "",
    Spec: {
      Name: "shop_web",
      Labels: {},
      TaskTemplate: { ContainerSpec: { Image: "shop:1" } },
      Mode: { Replicated: { Replicas: replicas } },
    },
    ServiceStatus: { RunningTasks: replicas, DesiredTasks: replicas },
  };
}

const deployed = {
  name: "shop_web",
  image: "shop:1",
  replicas: 2,
  ports: [],
  id: "",
  endpoints: [],
  networks: [],
  specDigest: specDigest(service(2).Spec),
};
const wanted: RecordedCluster = {
  cluster: "dev",
  owner: { project: "p", stack: "dev", cluster: "dev" },
  clusterId: "c1",
  managers: [],
  nodes: [
    {
      name: "app-1",
      role: "worker",
      availability: "active",
      labels: { zone: "a" },
      connection: { container: "dev-app-1" },
      address: "172.18.0.20",
    },
  ],
  stacks: { shop: [deployed] },
};
const drift = (nodes: SwarmNodeInspect[], services = [service(2)], clusterId = "c1") =>
  actualDrift(wanted, { ID: clusterId }, nodes, services).map(
    ({ where, wanted: want, actual }) => `${where}: ${want} -> ${actual}`,
  );

test("nothing differs", () => {
  expect(drift([node("app-1")])).toEqual([]);
});

test.each<[string, SwarmNodeInspect[], string[]]>([
  ["a node that was drained", [node("app-1", { Availability: "drain" })], ["node app-1: active -> drain"]],
  [
    "a label that was removed",
    [node("app-1", { Labels: {} })],
    ["node app-1: label zone=a -> no label zone"],
  ],
  [
    "a label that was changed",
    [node("app-1", { Labels: { zone: "b" } })],
    ["node app-1: label zone=a -> label zone=b"],
  ],
  ["a label of somebody else is none of ours", [node("app-1", { Labels: { zone: "a", x: "y" } })], []],
  ["a node that was promoted", [node("app-1", { Role: "manager" })], ["node app-1: worker -> manager"]],
  ["a node that is gone", [], ["node app-1: a member -> missing"]],
  ["a node that is down", [node("app-1", {}, "down")], ["node app-1: ready -> down"]],
  ["a stranger", [node("app-1"), node("other")], ["node other: no member -> ready"]],
  [
    "a stranger with the host name of a node that is down",
    [node("app-1", {}, "down"), unnamed(node("app-1"))],
    ["node app-1: ready -> down", "node app-1: no member -> ready"],
  ],
  [
    "a dead twin",
    [node("app-1"), node("app-1", {}, "down")],
    ["node app-1: listed once -> listed more than once"],
  ],
])("%s", (_name, nodes, expected) => {
  expect(drift(nodes)).toEqual(expected);
});

test("a service that was scaled, removed, or belongs to another swarm", () => {
  expect(drift([node("app-1")], [service(5)])).toEqual(["service shop_web: 2 replicas -> 5 replicas"]);
  expect(drift([node("app-1")], [])).toEqual(["service shop_web: running -> missing"]);
  expect(drift([node("app-1")], [service(2)], "c2")).toEqual(["swarm: cluster ID c1 -> cluster ID c2"]);
});

function jobOf(stack: string): Service {
  const { Spec, ...one } = service(1);
  const Labels = { "com.docker.stack.namespace": stack };
  return {
    ...one,
    ID: `${stack}-id`,
    Spec: { ...Spec, Labels, Name: `${stack}_${stack}`, Mode: { ReplicatedJob: { TotalCompletions: 1 } } },
  };
}
const taskOf = (stack: string, CreatedAt: string, State: string, Err?: string): Task => ({
  ...{
    ID: CreatedAt,
    Version: { Index: 1 },
    CreatedAt,
    ServiceID: `${stack}-id`,
    Slot: 0,
    NodeID: "id-app-1-ready",
  },
  ...{ DesiredState: "complete", Status: { State, Err, Timestamp: CreatedAt }, Spec: {} },
});

test("a job whose service is gone, one that fails, and an update that failed, each with what to do", () => {
  const has = {
    ...wanted,
    stacks: {},
    jobs: { migrate: [{ ...deployed, name: "migrate_migrate" }], seed: [] },
  };
  const failed = { "stack shop": "no such image", "job seed": "it ended" };
  const told = (services: Service[], tasks: Task[], failures = {}) =>
    deploymentDrift({ ...has, failed: failures }, { services, tasks, nodes: [node("app-1")] });
  const migrate = jobOf("migrate");
  expect(
    told([migrate], [taskOf("migrate", "1", "failed", "exit (3)"), taskOf("migrate", "2", "complete")]),
  ).toEqual([]);
  expect(
    told([migrate], [taskOf("migrate", "1", "failed", "exit (3)"), taskOf("migrate", "2", "running")]),
  ).toEqual([]);
  expect(
    told([migrate], [taskOf("migrate", "2", "failed", "exit (3)"), taskOf("migrate", "1", "complete")]),
  ).toEqual([
    expect.objectContaining({
      ...{ where: "service migrate_migrate", wanted: "ended well" },
      actual: "task migrate_migrate on app-1 is failed: exit (3)",
    }),
  ]);
  expect(told([], [])).toEqual([
    expect.objectContaining({ where: "job migrate", wanted: "service migrate_migrate", actual: "missing" }),
  ]);
  // What the state tells of is not told again by its tasks.
  const drift = told([migrate, jobOf("seed")], [taskOf("seed", "1", "failed", "exit (3)")], failed);
  expect(drift).toEqual([
    { where: "stack shop", wanted: "deployed", actual: "its last update failed: no such image" },
    { where: "job seed", wanted: "ended well", actual: "its last update failed: it ended" },
  ]);
  const state = {
    ...{ cluster: "dev", clusterId: "c1", createdAt: "", nodes: [], services: [] },
    quorum: { managers: 1, reachable: 1, needed: 1, margin: 0 },
  };
  const [gone] = told([], []);
  expect(renderStatus({ ...state, drift: [...drift, gone] })).toMatch(
    /Repair it: npm run up -- --refresh\nJob migrate has run, and .* It runs again when its triggers change\.$/,
  );
});

test.each([
  [{ managers: 3, reachable: 3, needed: 2, margin: 1 }, "3 managers, 1 may fail"],
  [{ managers: 1, reachable: 1, needed: 1, margin: 0 }, "1 manager, 0 may fail"],
  [{ managers: 5, reachable: 4, needed: 3, margin: 1 }, "5 managers, 4 reachable, 1 may fail"],
  [{ managers: 3, reachable: 1, needed: 2, margin: -1 }, "3 managers, 1 reachable: QUORUM IS LOST"],
])("quorum of %j", (quorum, text) => {
  expect(describeQuorum(quorum)).toBe(text);
});

test("a table's columns are as wide as their widest cell", () => {
  expect(table(["A", "LONG"], [["wide cell", "x"]])).toBe("A          LONG\nwide cell  x");
});
