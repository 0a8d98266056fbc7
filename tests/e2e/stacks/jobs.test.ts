import type { TestSwarm } from "../../../testing/testing";
import { APP_IMAGE } from "../harness/app-image";
import { fixture, serviceOf, stackSwarm, tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => {
  swarm = await stackSwarm();
  await deployed("1");
});
afterAll(() => swarm?.stop());

const deployed = (round: string) =>
  swarm.deploy(fixture("jobs.yml"), { name: "jobs", env: { ROUND: round } });

const idsOf = async (service: string) => (await tasksOf(swarm, service)).map(({ ID }) => ID);
/** What the tasks have printed, without their names. */
const words = async (service: string) =>
  (await swarm.logs(service))
    .split("\n")
    .filter(Boolean)
    .map((line) => line.replace(/^[^|]*\| /, ""))
    .sort();

test("a replicated job is done when each of its tasks has completed", async () => {
  expect((await serviceOf(swarm, "jobs_thrice")).Spec.Mode).toEqual({
    ReplicatedJob: { MaxConcurrent: 3, TotalCompletions: 3 },
  });
  const tasks = await tasksOf(swarm, "jobs_thrice");
  expect(tasks.map(({ Status }) => Status.State)).toEqual(["complete", "complete", "complete"]);
  expect(await words("jobs_thrice")).toEqual(Array<string>(3).fill("round 1"));
});

test("a global job has completed on each node that meets its constraints", async () => {
  expect((await serviceOf(swarm, "jobs_each")).Spec.Mode).toEqual({ GlobalJob: {} });
  const tasks = await tasksOf(swarm, "jobs_each");
  expect(tasks.map(({ node, Status }) => `${node} ${Status.State}`).sort()).toEqual([
    "worker-1 complete",
    "worker-2 complete",
  ]);
  expect(await words("jobs_each")).toEqual(["worker-1", "worker-2"]);
});

test("a job's task that fails is tried again, by its restart policy", async () => {
  const tasks = await tasksOf(swarm, "jobs_second-try");
  expect(tasks.map(({ Status }) => `${Status.State} ${Status.ContainerStatus?.ExitCode}`).sort()).toEqual([
    "complete 0",
    "failed 3",
  ]);
  expect(await words("jobs_second-try")).toEqual(["done", expect.stringContaining("File exists")]);
});

test("a job runs again with each deploy of its stack, changed or not, and that is waited for", async () => {
  const former = await idsOf("jobs_each");
  await deployed("2");
  expect(await words("jobs_thrice")).toEqual([
    ...Array<string>(3).fill("round 1"),
    ...Array<string>(3).fill("round 2"),
  ]);
  // A global job's new task takes the place of the last one on its node.
  const tasks = await tasksOf(swarm, "jobs_each");
  expect(tasks.map(({ Status }) => Status.State)).toEqual(["complete", "complete"]);
  expect(tasks.filter(({ ID }) => former.includes(ID))).toEqual([]);
});

test("a run of a job that is not changed is judged by its own tasks, though the last run has ended well", async () => {
  const compose = `
services:
  once:
    image: ${APP_IMAGE}
    command: ["sh", "-c", "mkdir /state/done"]
    volumes: ["state:/state"]
    deploy:
      mode: replicated-job
      placement: { constraints: ["node.hostname == worker-1"] }
      restart_policy: { condition: none }
volumes: { state: {} }
`;
  const deploy = () => swarm.deploy(compose, { name: "again" });
  await deploy();
  await expect(deploy()).rejects.toThrow(/again_once 0\/1, and none will be started.*exit 1|File exists/s);
});
