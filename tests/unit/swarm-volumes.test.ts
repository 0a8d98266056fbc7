import type { ContainerSummary } from "../../docker/api/container";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import type { Volume } from "../../docker/api/volume";
import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import type { NodeSettings, NodeSpecsInputs, SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { guardLeaving } from "../../swarm/membership/guard-leaving";
import { noteMachine } from "../../swarm/membership/lost";
import { rememberProtection } from "../../swarm/volumes/protection";
import { tellVolumes } from "../../swarm/volumes/last-look";
import { noteWanted } from "../../swarm/wanted-clusters";
import { TransportError } from "../../transport/transport";

/** What the managers answer, and what each machine's engine does, by its container. */
let nodes: SwarmNodeInspect[];
let services: Service[];
let tasks: Partial<Task>[];
let machines: Record<string, Partial<Volume>[] | TransportError>;
let asked: string[];

const manager = () => ({
  get: (_action: string, at: string) =>
    Promise.resolve({ "/nodes": nodes, "/services": services, "/tasks": tasks }[at]),
});
jest.mock("../../swarm/managers", () => ({
  onManager: (_managers: unknown, _waiting: unknown, work: (engine: unknown) => unknown) => work(manager()),
}));
jest.mock("../../docker/connect", () => ({
  connect: ({ container }: { container: string }) => ({
    get: (_action: string, at: string) => {
      asked.push(container);
      const volumes = machines[container];
      if (volumes instanceof TransportError) return Promise.reject(volumes);
      const containers: ContainerSummary[] = [];
      return Promise.resolve(at === "/volumes" ? { Volumes: volumes } : containers);
    },
  }),
}));

let warnings: string[];
let context: Context;

beforeEach(() => {
  nodes = ["a1", "a2"].map((ID) => ({ ID, Status: { State: "ready" } }) as SwarmNodeInspect);
  services = [service("shop_db", { Type: "volume", Source: "shop_data" }), service("shop_web")];
  tasks = [task("shop_db", "a1"), task("shop_web", "a2")];
  machines = { "app-1": [local("shop_data")], "app-2": [] };
  asked = [];
  warnings = [];
  context = {
    signal: new AbortController().signal,
    session: new Session(),
    progress: () => undefined,
    info: () => undefined,
    warn: (text) => void warnings.push(text),
  };
  noteWanted({ clusterId: "c1" }, context);
});

const local = (Name: string, Options = {}): Partial<Volume> => ({ Name, Driver: "local", Options });

function service(Name: string, ...Mounts: object[]): Service {
  return { ID: Name, Spec: { Name, TaskTemplate: { ContainerSpec: { Image: "i", Mounts } } } } as Service;
}

function task(ServiceID: string, NodeID: string, ContainerID: string | undefined = "c"): Partial<Task> {
  return {
    ServiceID,
    NodeID,
    Status: { State: "shutdown", Timestamp: "", ContainerStatus: { ContainerID } },
  };
}

const settings = (nodeId: string): NodeSettings => ({ nodeId, availability: "active", labels: {} });
const STATE = {
  clusterId: "c1",
  managers: [],
  nodes: { "app-1": settings("a1"), "app-2": settings("a2") },
} as unknown as NodeSpecsInputs;

/** A run has come across a node's machine: it is in the program, or in a state that was compared. */
function known(nodeId: string, container: string): void {
  const member = { nodeId, connection: { container }, machine: "" };
  noteMachine(member as SwarmNodeInputs & SwarmNodeOutputs, context);
}

const leave = (...staying: [string, string][]) =>
  guardLeaving(STATE, Object.fromEntries(staying.map(([name, id]) => [name, settings(id)])), context);

const TOLD =
  "app-1 leaves with volumes on its machine: shop_data of shop_db. Tasks begin again elsewhere without these files.";

test("what tasks had on a node that the program has no more is told, though its machine is not known", async () => {
  await leave(["app-2", "a2"]);
  expect(warnings).toEqual([
    expect.stringMatching(new RegExp(`^${TOLD} Take a copy first: .* app-1 shop_data`)),
  ]);
  expect(asked).toEqual([]);
});

test("a machine that is known says itself what lies there, also of tasks that are forgotten", async () => {
  known("a1", "app-1");
  tasks = [];
  await leave(["app-2", "a2"]);
  expect(warnings.join()).toContain(TOLD);
  machines["app-1"] = [local("other"), local("shop_data", { type: "nfs" }), local("3f".repeat(32))];
  known("a9", "app-1");
  tasks = [task("shop_db", "a9")];
  nodes.push({ ID: "a9", Status: { State: "ready" } } as SwarmNodeInspect);
  await guardLeaving({ ...STATE, nodes: { "app-9": settings("a9") } }, {}, context);
  expect(warnings).toHaveLength(1);
});

test("a machine that does not answer tells nothing, so the tasks do; one that is no more has nothing", async () => {
  known("a1", "app-1");
  machines["app-1"] = new TransportError("app-1", "unreachable", "no answer", "");
  await leave(["app-2", "a2"]);
  expect(warnings).toHaveLength(1);
  known("a2", "app-2");
  tasks = [task("shop_db", "a2")];
  machines["app-2"] = new TransportError("app-2", "gone", "no such container", "");
  await leave(["app-1", "a1"]);
  expect(warnings).toHaveLength(1);
});

test("another machine of the same name is told as well, and one that stays in another pool or is dead is not", async () => {
  // As a preview has the ID of a member to come.
  await leave(["app-1", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"], ["app-2", "a2"]);
  expect(warnings).toHaveLength(1);
  await leave(["db-1", "a1"], ["app-2", "a2"]);
  expect(warnings).toHaveLength(1);
  nodes[1].Status.State = "down";
  tasks.push(task("shop_db", "a2"));
  await leave(["app-1", "a1"]);
  expect(warnings).toHaveLength(1);
});

test.each([
  [
    "never got a container",
    () => (tasks = [{ ...task("shop_db", "a1"), Status: { State: "rejected", Timestamp: "" } }]),
  ],
  ["has no volume with a name", () => (services = [service("shop_db", { Type: "volume" })])],
  ["has a bind", () => (services = [service("shop_db", { Type: "bind", Source: "/srv" })])],
  [
    "has its volume on a server",
    () => {
      const DriverConfig = { Options: { type: "nfs4" } };
      services = [service("shop_db", { Type: "volume", Source: "d", VolumeOptions: { DriverConfig } })];
    },
  ],
])("nothing is told of a task that %s", async (_what, change) => {
  change();
  await leave(["app-2", "a2"]);
  expect(warnings).toEqual([]);
});

test("it is told once in a run", async () => {
  await leave(["app-2", "a2"]);
  await leave(["app-2", "a2"]);
  expect(warnings).toHaveLength(1);
});

describe("where a whole cluster goes", () => {
  const stacked = (stack: string) => ({ Labels: { "com.docker.stack.namespace": stack } });

  test("volumes of stacks are told, though their services are gone", async () => {
    machines["app-1"] = [
      { ...local("shop_data"), ...stacked("shop") },
      { ...local("far", { type: "nfs" }), ...stacked("shop") },
      { ...local("3f".repeat(32)), ...stacked("shop") },
      local("by-hand"),
    ];
    await tellVolumes({ container: "app-1" }, "go with it", context);
    expect(warnings).toEqual(["volumes of services go with it: shop_data of stack shop."]);
  });

  test("a machine without any, or that does not answer, has nothing to tell", async () => {
    machines["app-1"] = new TransportError("app-1", "stopped", "it does not run", "Start it.");
    await tellVolumes({ container: "app-1" }, "go with it", context);
    await tellVolumes({ container: "app-2" }, "go with it", context);
    expect(warnings).toEqual([]);
  });
});

describe("where the program protects volumes", () => {
  beforeEach(() => rememberProtection("c1", true, context));

  test("it is refused, with all nodes and the way out, each time", async () => {
    tasks.push(task("shop_db", "a2"));
    const refused =
      /^app-1 leaves with .*app-2 leaves with .*No node was taken out of service\. Take a copy first: .*protectVolumes: false/;
    await expect(leave()).rejects.toThrow(refused);
    await expect(leave()).rejects.toThrow(refused);
    expect(warnings).toEqual([]);
  });

  test("what has none leaves", async () => {
    await leave(["app-1", "a1"]);
    expect(warnings).toEqual([]);
  });

  test("the latest word counts, and a cluster that nobody wants any more goes as a whole", async () => {
    await expect(leave(["app-2", "a2"])).rejects.toThrow(TOLD);
    rememberProtection("c1", undefined, context);
    await leave(["app-2", "a2"]);
    rememberProtection("c2", true, context);
    tasks.push(task("shop_db", "a2"));
    await guardLeaving({ ...STATE, clusterId: "c2" }, { "app-1": settings("a1") }, context);
    expect(warnings).toHaveLength(1);
  });
});
