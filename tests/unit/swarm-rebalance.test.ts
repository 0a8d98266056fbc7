import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service, ServiceSpec } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { renderPlan } from "../../cli/rebalance";
import { meetsConstraints } from "../../swarm/rollout/constraints";
import { evenly } from "../../swarm/rollout/even";
import { roomFor } from "../../swarm/rollout/room";
import { spreads } from "../../swarm/rollout/uneven";

const MADE = { Version: { Index: 1 }, CreatedAt: "" };
const GIB = 2 ** 30;

function node(name: string, changes: Partial<SwarmNodeInspect["Spec"]> = {}): SwarmNodeInspect {
  return {
    ...MADE,
    ID: `id-${name}`,
    Spec: { Role: "worker", Availability: "active", Labels: {}, ...changes },
    Description: {
      Hostname: name,
      Platform: { Architecture: "x86_64", OS: "linux" },
      Resources: { NanoCPUs: 2e9, MemoryBytes: 4 * GIB },
      Engine: { Labels: { disk: "ssd" }, Plugins: [{ Type: "Log", Name: "json-file" }] },
    },
    Status: { State: "ready", Addr: "10.0.0.11" },
  };
}

function service(template: ServiceSpec["TaskTemplate"] = {}, changes: Partial<Service> = {}): Service {
  const Mode = { Replicated: { Replicas: 4 } };
  return { ...MADE, ID: "web", Spec: { Name: "web", Labels: {}, TaskTemplate: template, Mode }, ...changes };
}

/** Running tasks by the name of their node. */
function tasks(counts: Record<string, number>, spec: Task["Spec"] = {}, ServiceID = "web"): Task[] {
  return Object.entries(counts).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, index) => ({
      ...MADE,
      ID: `${name}-${index}`,
      ServiceID,
      NodeID: `id-${name}`,
      DesiredState: "running",
      Status: { State: "running", Timestamp: "" },
      Spec: spec,
    })),
  );
}

function judged(one: Service, nodes: SwarmNodeInspect[], counts: Record<string, number>) {
  const [{ moves, obstacle, nodes: shown }] = spreads({ services: [one], nodes, tasks: tasks(counts) });
  return { moves, obstacle, shown };
}

describe("a node meets constraints as swarmkit judges them", () => {
  const seen = node("app-1", { Labels: { zone: "A" } });
  test.each([
    ["node.role==worker", true],
    ["node.role != worker", false],
    ["NODE.Role == WORKER", true],
    ["node.hostname==APP-1", true],
    ["node.id!=other", true],
    ["node.labels.zone==a", true],
    ["node.labels.Zone==a", false],
    ["node.labels.none!=a", true],
    ["engine.labels.disk==ssd", true],
    ["node.platform.arch==x86_64", true],
    ["node.platform.os!=windows", true],
    ["node.ip==10.0.0.0/24", true],
    ["node.ip!=10.0.0.11", false],
    ["node.ip==2001:db8::/32", false],
    ["node.ip!=nonsense", false],
    ["node.colour!=red", false],
  ])("%s: %s", (constraint, met) => {
    expect(meetsConstraints([constraint], seen)).toBe(met);
  });
});

describe("how many tasks a node could hold", () => {
  const room = (one: Service, on = node("app-1"), others: Service[] = [], there: Task[] = []) =>
    roomFor(one, on, { nodes: [on], services: [one, ...others], tasks: there });

  test("any number, on a node that takes tasks; none on one that does not", () => {
    expect(room(service())).toBe(Infinity);
    expect(room(service(), node("app-1", { Availability: "pause" }))).toBe(0);
    expect(room(service(), { ...node("app-1"), Status: { State: "down" } })).toBe(0);
    expect(room(service({ Placement: { Constraints: ["node.role==manager"] } }))).toBe(0);
  });

  test("as many as max_replicas_per_node and its reservations let in, beside those of others", () => {
    expect(room(service({ Placement: { MaxReplicas: 2 } }))).toBe(2);
    const needs = service({ Resources: { Reservations: { MemoryBytes: GIB } } });
    expect(room(needs)).toBe(4);
    const other = tasks({ "app-1": 2 }, { Resources: { Reservations: { MemoryBytes: GIB } } }, "other");
    expect(room(needs, node("app-1"), [], other)).toBe(2);
    expect(
      room(
        service({
          Resources: {
            Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: "gpu", Value: 1 } }] },
          },
        }),
      ),
    ).toBe(0);
  });

  test("one where it has a port of the host, none where another one has it", () => {
    const port = { PublishedPort: 80, TargetPort: 80, Protocol: "tcp", PublishMode: "host" as const };
    const web = service({}, { Endpoint: { Ports: [port] } });
    const other = { ...web, ID: "other" };
    expect(room(web)).toBe(1);
    expect(room(web, node("app-1"), [other], tasks({ "app-1": 1 }, {}, "other"))).toBe(0);
  });

  test("none on another platform, or without a plugin that it needs", () => {
    expect(room(service({ Placement: { Platforms: [{ Architecture: "amd64", OS: "linux" }] } }))).toBe(
      Infinity,
    );
    expect(room(service({ Placement: { Platforms: [{ Architecture: "arm64", OS: "linux" }] } }))).toBe(0);
    expect(room(service({ LogDriver: { Name: "loki" } }))).toBe(0);
    const mount = { Type: "volume", VolumeOptions: { DriverConfig: { Name: "nfs" } } };
    expect(room(service({ ContainerSpec: { Image: "i", Mounts: [mount] } }))).toBe(0);
  });
});

test("tasks are spread over branches first, then nodes, and what is left over stays where more are", () => {
  const place = (id: string, now: number, branch: string[] = [], room = Infinity) => {
    return { id, now, room, branches: branch };
  };
  const given = (...places: ReturnType<typeof place>[]) =>
    Object.fromEntries(
      evenly(
        places,
        places.reduce((sum, { now }) => sum + now, 0),
      ),
    );
  expect(given(place("a", 4), place("b", 0), place("c", 0))).toEqual({ a: 2, b: 1, c: 1 });
  expect(given(place("a", 1), place("b", 2))).toEqual({ a: 1, b: 2 });
  expect(given(place("a", 4), place("b", 0, [], 1))).toEqual({ a: 3, b: 1 });
  expect(given(place("a", 2, ["x"]), place("b", 2, ["x"]), place("c", 0, ["y"]))).toEqual({
    a: 1,
    b: 1,
    c: 2,
  });
});

describe("whether a service is uneven", () => {
  const two = [node("app-1"), node("app-2")];

  test("its tasks stayed where they were when a node joined", () => {
    expect(judged(service(), two, { "app-1": 4 })).toEqual({
      moves: 2,
      obstacle: undefined,
      shown: { "app-1": 4, "app-2": 0 },
    });
    expect(judged(service(), two, { "app-1": 3, "app-2": 1 }).moves).toBe(1);
  });

  test("a difference of one is even, and so is what may run nowhere else", () => {
    const three = [...two, node("app-3")];
    expect(judged(service(), three, { "app-1": 2, "app-2": 1, "app-3": 1 }).moves).toBe(0);
    const pinned = service({ Placement: { Constraints: ["node.hostname==app-1"] } });
    expect(judged(pinned, two, { "app-1": 4 })).toMatchObject({ moves: 0, shown: { "app-1": 4 } });
    expect(judged(service(), [two[0], node("app-2", { Availability: "drain" })], { "app-1": 4 }).moves).toBe(
      0,
    );
  });

  test("tasks on a paused node are no reason, and move with the rest", () => {
    const paused = node("app-3", { Availability: "pause" });
    expect(judged(service(), [...two, paused], { "app-1": 1, "app-2": 1, "app-3": 2 }).moves).toBe(0);
    expect(judged(service(), [...two, paused], { "app-1": 3, "app-3": 1 }).moves).toBe(2);
  });

  test("one that is being updated, has failed or is short of tasks is not to be touched", () => {
    const of = (State: string) =>
      judged(service({}, { UpdateStatus: { State } }), two, { "app-1": 4 }).obstacle;
    expect(of("updating")).toBe("it is being updated");
    expect(of("paused")).toBe("its last update ended as paused");
    expect(of("rollback_completed")).toBeUndefined();
    expect(judged(service(), two, { "app-1": 3 }).obstacle).toBe("3 of its 4 tasks run");
  });

  test("jobs and global services are not looked at", () => {
    const all = service();
    all.Spec.Mode = { Global: {} };
    expect(spreads({ services: [all], nodes: two, tasks: [] })).toEqual([]);
  });
});

test("what would move is shown, and why something is left as it is", () => {
  const spread = { id: "web", service: "shop_web", nodes: { "app-2": 0, "app-1": 4 }, running: 4, moves: 2 };
  expect(renderPlan([spread, { ...spread, service: "db", obstacle: "it is being updated" }])).toBe(
    [
      "SERVICE   TASKS PER NODE NOW      WOULD MOVE",
      "shop_web  4 on app-1; 0 on app-2  2 of 4",
      "Swarm moves no single task: all tasks of these services are replaced, by their own update settings.",
      "db is left as it is (4 on app-1; 0 on app-2): it is being updated.",
    ].join("\n"),
  );
  expect(renderPlan([])).toBe(
    "Nothing to do: every service is spread evenly over the nodes that could take their tasks.",
  );
});
