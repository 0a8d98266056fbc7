import { LogView } from "../../cli/logs-view";
import { renderTasks, taskRows } from "../../cli/ps-view";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { tasksCalled } from "../../swarm/services/named-tasks";
import { runningTasksOf } from "../../swarm/services/running-tasks";

const MADE = { Version: { Index: 1 }, CreatedAt: "" };

function service(name: string): Service {
  const Mode = { Replicated: { Replicas: 2 } };
  return { ...MADE, ID: `id-${name}`, Spec: { Name: name, Labels: {}, TaskTemplate: {}, Mode } };
}

function node(name: string): SwarmNodeInspect {
  return {
    ...MADE,
    ID: `id-${name}`,
    Spec: { Role: "worker", Availability: "active", Labels: { "pulumi-swarm.node": name } },
    Description: { Engine: {} },
    Status: { State: "ready" },
  };
}

let made = 0;
function task(state: string, changes: Partial<Task> & { error?: string } = {}): Task {
  const { error, ...others } = changes;
  const second = String(++made).padStart(2, "0");
  const CreatedAt = `2026-01-01T00:00:${second}Z`;
  return {
    ...MADE,
    ID: `task${second}aaaaaaaaa`,
    CreatedAt,
    ServiceID: "id-shop_web",
    NodeID: "id-app-1",
    Slot: 1,
    DesiredState: state === "running" ? "running" : "shutdown",
    Status: {
      State: state,
      Timestamp: CreatedAt,
      Err: error,
      ContainerStatus: { ContainerID: `c${second}` },
    },
    Spec: { ContainerSpec: { Image: "web:1@sha256:abc" } },
    ...others,
  };
}

const nodes = [node("app-1"), node("app-2")];
const services = [service("shop_web"), service("shop_db"), service("other_db")];
beforeEach(() => (made = 0));

describe("ps", () => {
  const shown = (tasks: Task[], all = false) =>
    renderTasks(taskRows({ services, nodes, tasks }, all), Date.parse("2026-01-01T00:10:00Z"));

  test("the task of each slot that is wanted, with the newest error of its place beneath where it does not run", () => {
    const tasks = [
      task("failed", { error: "task: non-zero exit (1)" }),
      task("failed", { error: "task: non-zero exit (3)", NodeID: "id-app-2" }),
      task("starting", { DesiredState: "running" }),
      task("failed", { Slot: 2, error: "an old one" }),
      task("running", { Slot: 2, NodeID: "id-app-2" }),
      task("shutdown", { Slot: 3 }),
    ];
    expect(shown(tasks)).toBe(
      [
        "TASK        NODE   IMAGE  DESIRED  STATE     SINCE",
        "shop_web.1  app-1  web:1  running  starting  9 m ago",
        "    before: failed on app-2: task: non-zero exit (3)",
        "shop_web.2  app-2  web:1  running  running   9 m ago",
      ].join("\n"),
    );
    expect(shown(tasks, true).match(/^shop_web\.\d.*(running|starting|failed|shutdown)/gm)).toHaveLength(6);
    expect(shown(tasks, true)).not.toContain("before:");
  });

  test("one that failed for good is there with its whole error, and one without a node as well", () => {
    const error = "no suitable node (scheduling constraints not satisfied on 2 nodes)";
    const text = shown([
      task("failed", { error: "task: non-zero exit (9)" }),
      task("pending", { Slot: 2, NodeID: undefined, DesiredState: "running", error }),
    ]);
    expect(text).toMatch(/shop_web\.1.*failed.*\n {4}task: non-zero exit \(9\)/);
    expect(text).toMatch(
      /shop_web\.2 {2}- .*\n {4}no suitable node \(scheduling constraints not satisfied on 2 nodes\)/,
    );
    expect(shown([])).toBe("No tasks.");
  });
});

describe("a task by its name", () => {
  const called = (name: string) => {
    made = 0;
    const tasks = [task("running"), task("running", { Slot: 2, NodeID: "id-app-2" })];
    return tasksCalled(name, { nodes, services, tasks }).tasks.map(({ Slot }) => Slot);
  };

  test("a service, its slot, its node, the ID of a task", () => {
    expect(called("web")).toEqual([1, 2]);
    expect(called("shop_web.2")).toEqual([2]);
    expect(called("web.app-1")).toEqual([1]);
    expect(called("task02aaaaaaaaa")).toEqual([2]);
  });

  test("what is not there is told with what is", () => {
    expect(() => called("nobody")).toThrow(
      'There is no service "nobody". There are: other_db, shop_db, shop_web.',
    );
    expect(() => called("db")).toThrow('"db" may be other_db or shop_db.');
    expect(() => called("web.7")).toThrow(
      'shop_web has no task "7". It has: shop_web.1 on app-1, shop_web.2 on app-2.',
    );
  });

  test("none that runs: what the newest came to", () => {
    const ended = [task("failed", { error: "first" }), task("failed", { error: "second" })];
    expect(() => runningTasksOf(services[0], ended)).toThrow(
      "No task of shop_web runs. Its newest: failed: second; failed: first.",
    );
  });
});

test("log lines have task and node; of one task alone, those of its successors as well", () => {
  const first = task("running");
  const second = task("running", { Slot: 2, NodeID: "id-app-2" });
  const swarm = { nodes, services, tasks: [first, second] };
  const line = { from: "stdout" as const, time: "2026-01-01T00:00:00Z", text: "hello" };
  const all = new LogView(services[0], swarm, undefined, true);
  expect(all.textOf({ ...line, task: first.ID })).toBe("2026-01-01T00:00:00Z shop_web.1@app-1 | hello");
  expect(all.textOf({ from: "engine", text: "node id-app-2 is not available" })).toBe(
    "node app-2 is not available",
  );
  expect(all.isIncomplete).toBe(true);
  const one = new LogView(services[0], swarm, [first], false);
  expect(one.textOf({ ...line, task: second.ID })).toBeUndefined();
  const successor = task("running");
  expect(one.knows({ ...line, task: successor.ID })).toBe(false);
  one.learn({ ...swarm, tasks: [...swarm.tasks, successor] });
  expect(one.textOf({ ...line, task: successor.ID })).toBe("shop_web.1@app-1 | hello");
});
