import { failureOf, lastError, missingOf } from "../../swarm/rollout/convergence";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";

function service(changes: Partial<Service> = {}): Service {
  return {
    ID: "s1",
    Version: { Index: 1 },
    CreatedAt: "",
    Spec: { Name: "shop_web", Labels: {}, TaskTemplate: {}, Mode: { Replicated: { Replicas: 2 } } },
    ...changes,
  };
}

function task(state: string, changes: Partial<Task> = {}): Task {
  return {
    ID: "t1",
    Version: { Index: 1 },
    CreatedAt: "",
    ServiceID: "s1",
    NodeID: "n1",
    Slot: 1,
    DesiredState: "running",
    Status: { State: state, Timestamp: "2026-01-01T00:00:00Z" },
    Spec: {},
    ...changes,
  };
}

describe("what a service still lacks", () => {
  test("nothing when all replicas run", () => {
    expect(missingOf(service(), [task("running"), task("running")])).toBe("");
  });

  test("the replicas that do not run yet", () => {
    expect(missingOf(service(), [task("running"), task("starting")])).toBe("shop_web 1/2");
  });

  test("a task that is to be shut down does not count", () => {
    expect(missingOf(service(), [task("running"), task("running", { DesiredState: "shutdown" })])).toBe(
      "shop_web 1/2",
    );
  });

  test("tasks of other services do not count", () => {
    expect(missingOf(service(), [task("running"), task("running", { ServiceID: "s2" })])).toBe(
      "shop_web 1/2",
    );
  });

  test("an update that is under way, although all replicas run", () => {
    const updating = service({ UpdateStatus: { State: "updating" } });
    expect(missingOf(updating, [task("running"), task("running")])).toBe("shop_web is being updated");
  });

  test("a global service wants as many as the swarm says", () => {
    const everywhere = service({ ServiceStatus: { RunningTasks: 0, DesiredTasks: 3 } });
    everywhere.Spec.Mode = { Global: {} };
    expect(missingOf(everywhere, [task("running")])).toBe("shop_web 1/3");
  });

  test("a job is done when its tasks are complete", () => {
    const job = service();
    job.Spec.Mode = { ReplicatedJob: { TotalCompletions: 1 } };
    expect(missingOf(job, [task("running")])).toBe("shop_web 0/1");
    expect(missingOf(job, [task("complete", { DesiredState: "complete" })])).toBe("");
  });
});

describe("an update that failed", () => {
  test.each(["paused", "rollback_started", "rollback_paused", "rollback_completed"])(
    "%s is a failure",
    (State) => {
      const failed = service({ UpdateStatus: { State, Message: "update paused due to failure" } });
      const tasks = [
        task("rejected", { Status: { State: "rejected", Timestamp: "2", Err: "No such image: shop:2" } }),
      ];
      expect(failureOf(failed, tasks)).toBe(
        `service shop_web: its update ended as ${State}: update paused due to failure; ` +
          "task shop_web.1 is rejected: No such image: shop:2",
      );
    },
  );

  test.each(["", "updating", "completed"])("%p is none", (State) => {
    expect(failureOf(service({ UpdateStatus: { State } }), [])).toBeUndefined();
  });
});

test("the newest task error is the one that is shown", () => {
  const older = task("failed", {
    Status: { State: "failed", Timestamp: "2026-01-01T00:00:00Z", Err: "old" },
  });
  const newer = task("failed", {
    Slot: 2,
    Status: { State: "failed", Timestamp: "2026-01-02T00:00:00Z", Err: "new" },
  });
  expect(lastError(service(), [older, newer])).toBe("; task shop_web.2 is failed: new");
  expect(lastError(service(), [task("running")])).toBe("");
});
