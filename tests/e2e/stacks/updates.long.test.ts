import { waitFor } from "../../../foundation/wait";
import type { TestSwarm } from "../../../testing/testing";
import { fixture, inside, serviceOf, stackSwarm, tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => {
  swarm = await stackSwarm();
  await deployed("1");
});
afterAll(() => swarm?.stop());

const deployed = (round: string, fault = "") =>
  swarm.deploy(fixture("updates.yml"), { name: "new", env: { ROUND: round, FAULT: fault } });

const SECOND = 1_000_000_000;
const template = async (service: string) => (await serviceOf(swarm, service)).Spec.TaskTemplate;

test("a task counts as running once its health check says so", async () => {
  // The deploy has returned.
  const task = "{{.State.Health.Status}} {{len .State.Health.Log}}";
  const [container] = (await swarm.docker("ps", "--quiet", "--filter", "name=new_checked")).split("\n");
  const [health, looks] = (await swarm.docker("inspect", "--format", task, container)).trim().split(" ");
  expect(health).toBe("healthy");
  // By the interval of the start: that of later is half a minute.
  expect(Number(looks)).toBeGreaterThan(1);
  expect((await template("new_checked")).ContainerSpec.Healthcheck).toEqual({
    Test: ["CMD", "test", "-e", "/tmp/well"],
    Interval: 30 * SECOND,
    Timeout: 2 * SECOND,
    Retries: 4,
    StartPeriod: 60 * SECOND,
    StartInterval: SECOND / 2,
  });
  expect((await template("new_unchecked")).ContainerSpec.Healthcheck).toEqual({ Test: ["NONE"] });
});

test("every setting of an update and of a rollback is the engine's", async () => {
  const { Spec } = await serviceOf(swarm, "new_full");
  expect(Spec.UpdateConfig).toEqual({
    Parallelism: 2,
    Delay: SECOND / 4,
    FailureAction: "continue",
    Monitor: 1.5 * SECOND,
    MaxFailureRatio: 0.25,
    Order: "start-first",
  });
  expect(Spec.RollbackConfig).toEqual({
    Parallelism: 0,
    Delay: 60 * SECOND,
    FailureAction: "pause",
    Monitor: 2 * SECOND,
    MaxFailureRatio: 0.5,
    Order: "stop-first",
  });
});

test("an update ends tasks by their own signal, and gives them time", async () => {
  expect((await template("new_slow-to-end")).ContainerSpec).toMatchObject({
    StopSignal: "SIGUSR1",
    StopGracePeriod: 90 * SECOND,
  });
  await deployed("2");
  expect(await inside(swarm, "new_slow-to-end", "cat /ends/rounds; echo $ROUND")).toBe("1\n2");
  const { before, after } = await waitFor<{ before: number; after: number }>(
    { name: "its old tasks are gone", on: "new_full", intervalMs: 200, timeoutMs: 30_000 },
    async () => {
      const times = (state: string) =>
        tasks
          .filter(({ Status }) => Status.State === state)
          .map(({ Status }) => Date.parse(Status.Timestamp));
      const tasks = await tasksOf(swarm, "new_full");
      const [ended, begun] = [times("shutdown"), times("running")];
      return ended.length === 2 && begun.length === 2
        ? { done: { before: Math.min(...begun), after: Math.min(...ended) } }
        : { pending: `${ended.length} have ended` };
    },
  );
  // Its neighbour has changed as well: start-first.
  expect(before).toBeLessThan(after);
  expect((await serviceOf(swarm, "new_full")).UpdateStatus?.State).toBe("completed");
});

test("an update whose tasks fail goes back, which is a failure of the deploy", async () => {
  await expect(deployed("2", "exit 9;")).rejects.toThrow(
    /service new_careful: its update ended as rollback_/,
  );
  await waitFor(
    { name: "it is as before", on: "new_careful", intervalMs: 200, timeoutMs: 30_000 },
    async () => {
      const { Spec, UpdateStatus } = await serviceOf(swarm, "new_careful");
      if (UpdateStatus?.State !== "rollback_completed")
        return { pending: UpdateStatus?.State ?? "no update" };
      expect(JSON.stringify(Spec.TaskTemplate.ContainerSpec.Args)).not.toContain("exit 9");
      return { done: undefined };
    },
  );
  await waitFor(
    { name: "it runs again", on: "new_careful", intervalMs: 200, timeoutMs: 30_000 },
    async () => {
      const running = (await tasksOf(swarm, "new_careful")).filter(
        ({ Status }) => Status.State === "running",
      );
      return running.length === 1 ? { done: undefined } : { pending: `${running.length} tasks run` };
    },
  );
});

test("a task that has ended is started again by `any`, after a failure by `on-failure`, and not by `none`", async () => {
  await swarm.deploy(fixture("restarts.yml"), { name: "ends" });
  const policy = async (service: string) => (await template(`ends_${service}`)).RestartPolicy;
  expect(await policy("again")).toEqual({
    Condition: "any",
    Delay: SECOND / 10,
    MaxAttempts: 5,
    Window: 60 * SECOND,
  });
  expect(await policy("composed")).toMatchObject({ Condition: "on-failure", MaxAttempts: 3 });
  const states = async (service: string) =>
    (await tasksOf(swarm, `ends_${service}`)).map(({ Status }) => Status.State).sort();
  const reached = (service: string, wanted: string) =>
    waitFor(
      { name: `its tasks are ${wanted}`, on: service, intervalMs: 200, timeoutMs: 30_000 },
      async () => {
        const seen = (await states(service)).join();
        return seen === wanted ? { done: undefined } : { pending: seen };
      },
    );
  // As its server fails, the task does.
  await inside(swarm, "ends_after-failures", "kill $(pidof httpd)");
  await reached("after-failures", "failed,running");
  // Who would start these again has seen them before the last one, which it does start again.
  for (const [service, ended] of [
    ["never", "complete"],
    ["after-failures", "complete,failed"],
  ]) {
    await swarm.exec(`ends_${service}`, ["kill", "1"]);
    await reached(service, ended);
  }
  await swarm.exec("ends_again", ["kill", "1"]);
  await reached("again", "complete,running");
  expect([await states("never"), await states("after-failures")]).toEqual([
    ["complete"],
    ["complete", "failed"],
  ]);
});
