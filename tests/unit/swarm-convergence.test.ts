import { hasEnded, missingOf, restartDelayMs } from "../../swarm/rollout/service-standing";
import { failureOf, imageProblem, lastError } from "../../swarm/rollout/task-errors";
import { wasWatched } from "../../swarm/rollout/watched";
import type { SwarmNodeInspect } from "../../docker/api/node";
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

describe("an update that the engine itself has watched", () => {
  const update = (State: string, CompletedAt?: string) => service({ UpdateStatus: { State, CompletedAt } });
  const made = (second: number) => task("running", { CreatedAt: `2026-01-01T00:00:0${second}Z` });

  test("is over once its newest task is older than the monitor period", () => {
    expect(wasWatched(update("completed", "2026-01-01T00:00:08Z"), [made(1), made(3)])).toBe(true);
  });

  test("is watched on where a task has come since", () => {
    expect(wasWatched(update("completed", "2026-01-01T00:00:08Z"), [made(1), made(4)])).toBe(false);
  });

  test.each(["updating", "rollback_completed"])("is none where it is %s", (state) => {
    expect(wasWatched(update(state, "2026-01-01T00:00:08Z"), [made(1)])).toBe(false);
  });

  test("is none of a service that was never updated", () => {
    expect(wasWatched(service(), [made(1)])).toBe(false);
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

const node = (name: string, changes: Partial<SwarmNodeInspect> = {}): SwarmNodeInspect => ({
  ID: `id-${name}`,
  Version: { Index: 1 },
  CreatedAt: "",
  Spec: { Role: "worker", Availability: "active", Labels: { disk: "ssd" } },
  Description: { Hostname: name, Engine: {} },
  Status: { State: "ready" },
  ...changes,
});

describe("a global service", () => {
  const everywhere = service({ ServiceStatus: { RunningTasks: 0, DesiredTasks: 0 } });
  everywhere.Spec.Mode = { Global: {} };
  everywhere.Spec.TaskTemplate = { Placement: { Constraints: ["node.labels.disk == ssd"] } };

  test("wants a task on each node that it will be given one on, before the engine has made any", () => {
    const nodes = [node("a"), node("b")];
    expect(missingOf(everywhere, [], nodes)).toBe("shop_web 0/2");
    expect(missingOf(everywhere, [task("running"), task("running")], nodes)).toBe("");
  });

  test.each<[string, Partial<SwarmNodeInspect>]>([
    ["is down", { Status: { State: "down" } }],
    ["is drained", { Spec: { Role: "worker", Availability: "drain", Labels: { disk: "ssd" } } }],
    ["is paused", { Spec: { Role: "worker", Availability: "pause", Labels: { disk: "ssd" } } }],
    ["does not meet its constraints", { Spec: { Role: "worker", Availability: "active", Labels: {} } }],
  ])("wants none on a node that %s", (_why, changes) => {
    expect(missingOf(everywhere, [], [node("a", changes)])).toBe("");
  });
});

describe("a service that lacks tasks of which none will come", () => {
  const ended = (State: string) => task(State, { DesiredState: "shutdown" });
  const withPolicy = (RestartPolicy?: Service["Spec"]["TaskTemplate"]["RestartPolicy"]) =>
    service({
      Spec: {
        Name: "shop_web",
        Labels: {},
        TaskTemplate: { RestartPolicy },
        Mode: { Replicated: { Replicas: 2 } },
      },
    });
  const never = withPolicy({ Condition: "none" });

  test.each<[boolean, string, Parameters<typeof withPolicy>[0]]>([
    [false, "failed", undefined],
    [false, "complete", { Condition: "any" }],
    [false, "failed", { Condition: "on-failure" }],
    [true, "complete", { Condition: "on-failure" }],
    [true, "failed", { Condition: "any", MaxAttempts: 2 }],
    [true, "failed", { Condition: "none" }],
  ])("is it: %s, where one %s by %j", (is, state, policy) => {
    expect(hasEnded(withPolicy(policy), [ended(state)], [])).toBe(is);
  });

  test("may get one more where attempts are left, after the delay between them", () => {
    expect(restartDelayMs(withPolicy({ MaxAttempts: 2, Delay: 7e9 }))).toBe(7_000);
    expect(restartDelayMs(withPolicy({ MaxAttempts: 2 }))).toBe(5_000);
    expect(restartDelayMs(never)).toBe(0);
  });

  test("has only such as have ended, beside those that run", () => {
    expect(hasEnded(never, [task("running"), ended("failed")], [])).toBe(true);
    expect(hasEnded(never, [ended("complete")], [])).toBe(true);
  });

  test("is none that has tasks on their way, none yet, or all that it shall have", () => {
    expect(hasEnded(never, [ended("failed"), task("preparing")], [])).toBe(false);
    expect(hasEnded(never, [], [])).toBe(false);
    expect(hasEnded(never, [task("running"), task("running"), ended("failed")], [])).toBe(false);
    expect(hasEnded({ ...never, UpdateStatus: { State: "updating" } }, [ended("failed")], [])).toBe(false);
  });

  test("a job counts those that ended well", () => {
    const job = withPolicy({ Condition: "none" });
    job.Spec.Mode = { ReplicatedJob: { TotalCompletions: 2 } };
    const done = task("complete", { DesiredState: "complete" });
    expect(hasEnded(job, [done, ended("failed")], [])).toBe(true);
    expect(hasEnded(job, [done, done], [])).toBe(false);
  });
});

test("a task that ends well again and again is an error of a service, and none of a job", () => {
  const ended = task("complete", { DesiredState: "shutdown" });
  expect(lastError(service(), [ended], [node("a", { ID: "n1" })])).toMatch(
    /^; task shop_web\.1 on a ended by itself with exit code 0; .*replicated-job/,
  );
  const job = service();
  job.Spec.Mode = { ReplicatedJob: { TotalCompletions: 1 } };
  expect(lastError(job, [ended])).toBe("");
});

test.each([
  ["No such image: shop:9", /Push it to a registry/],
  ["manifest for shop:9 not found: manifest unknown", /Push it to a registry/],
  ["pull access denied for shop, repository does not exist", /Push it to a registry/],
  ["unauthorized: authentication required", /wants a login/],
])("an image that cannot be had says what to do: %s", (Err, remedy) => {
  expect(imageProblem(task("rejected", { Status: { State: "rejected", Timestamp: "", Err } }))).toMatch(
    remedy,
  );
});

test("a task that failed for something else has no problem of its image", () => {
  const Err = "task: non-zero exit (1)";
  expect(imageProblem(task("failed", { Status: { State: "failed", Timestamp: "", Err } }))).toBeUndefined();
  expect(
    imageProblem(task("rejected", { Status: { State: "rejected", Timestamp: "", Err } })),
  ).toBeUndefined();
});
